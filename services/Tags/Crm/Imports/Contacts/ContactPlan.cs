using Crm.Contacts.V1;
using Outcome = Crm.Contacts.V1.ImportPreview.Types.Outcome;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The changes of a batch of rows; a later row of a contact continues from the result of an earlier one.</summary>
internal sealed class ContactPlan
{
    private readonly Dictionary<string, ContactTarget> _byKey;
    private readonly bool _loosens;
    private int _refusals;
    private int _refusalsKept;
    private int _updates;
    private int _unchanged;

    private ContactPlan(Dictionary<string, ContactTarget> byKey, bool loosens) => (_byKey, _loosens) = (byKey, loosens);

    /// <summary>The rows with their contacts.</summary>
    public List<PlannedContact> Rows { get; } = [];

    /// <summary>The contacts to create.</summary>
    public List<ContactTarget> Created { get; } = [];

    /// <summary>The contacts to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<ContactTarget> Updated { get; private set; } = [];

    /// <summary>Plans a batch, given the existing contacts by key and whether the import may take refusals back.</summary>
    public static ContactPlan Make(IReadOnlyList<ContactDraft> batch, Dictionary<string, ContactTarget> existing, bool loosens)
    {
        var plan = new ContactPlan(existing, loosens);
        foreach (var draft in batch)
        {
            plan.Add(draft);
        }

        plan.Updated = [.. plan._byKey.Values.Where(target => target.IsUpdated).OrderBy(target => target.ContactId)];
        return plan;
    }

    /// <summary>Gives the new contacts their numbers, in the order of the rows.</summary>
    public void Number(int first) => Created.ForEach(target => target.ContactId = first++);

    /// <summary>Counts the outcomes of the rows.</summary>
    public void AddTo(ImportSummary summary)
    {
        summary.Created += Created.Count;
        summary.Updated += _updates;
        summary.Unchanged += _unchanged;
        summary.RefusalsFound += _refusals;
        summary.RefusalsKept += _refusalsKept;
    }

    private void Add(ContactDraft draft)
    {
        _refusals += draft.Refuses ? 1 : 0;
        var target = draft.Key is null ? null : _byKey.GetValueOrDefault(draft.Key);
        var outcome = target is null ? Outcome.Created : Update(target, draft);
        target ??= Create(draft);
        Rows.Add(new(draft.Line, target, outcome, target.State, draft.Tags));
    }

    private ContactTarget Create(ContactDraft draft)
    {
        var target = new ContactTarget(null) { State = draft.Values };
        target.Consents.Apply(draft.Consents, _loosens);
        Created.Add(target);
        if (draft.Key is not null)
        {
            _byKey.Add(draft.Key, target);
        }

        return target;
    }

    private Outcome Update(ContactTarget target, ContactDraft draft)
    {
        var state = draft.Apply(target.State);
        var kept = !_loosens && target.State.DoNotDisturb && !state.DoNotDisturb;
        state.DoNotDisturb |= kept;
        var consents = target.Consents.Apply(draft.Consents, _loosens);
        _refusalsKept += kept || consents.Kept ? 1 : 0;
        if (target.State.BeforeJson(state) is null && !consents.Changed)
        {
            _unchanged++;
            return Outcome.Unchanged;
        }

        _updates++;
        target.State = state;
        return Outcome.Updated;
    }
}
