using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using Outcome = Crm.Contacts.V1.ImportPreview.Types.Outcome;
using Policy = Crm.Contacts.V1.ImportOptions.Types.Existing;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The changes of a batch of rows; a later row of a contact continues from the result of an earlier one.</summary>
internal sealed class ContactPlan
{
    private readonly Dictionary<string, ContactTarget> _byKey;
    private readonly ImportSettings _settings;
    private int _refusals;
    private int _refusalsKept;
    private int _updates;
    private int _unchanged;
    private int _skipped;

    private ContactPlan(Dictionary<string, ContactTarget> byKey, ImportSettings settings) => (_byKey, _settings) = (byKey, settings);

    /// <summary>The rows with their contacts.</summary>
    public List<PlannedContact> Rows { get; } = [];

    /// <summary>The contacts to create.</summary>
    public List<ContactTarget> Created { get; } = [];

    /// <summary>The contacts to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<ContactTarget> Updated { get; private set; } = [];

    /// <summary>The number of contacts that got an address which a person had refused whose data was erased since.</summary>
    public int RefusalsHeld { get; set; }

    /// <summary>Plans a batch, given the existing contacts by key.</summary>
    public static ContactPlan Make(IReadOnlyList<ContactDraft> batch, Dictionary<string, ContactTarget> existing, ImportSettings settings)
    {
        var plan = new ContactPlan(existing, settings);
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
        summary.Skipped += _skipped;
        summary.RefusalsFound += _refusals;
        summary.RefusalsKept += _refusalsKept + RefusalsHeld;
    }

    private void Add(ContactDraft draft)
    {
        if (draft.IsBad)
        {
            Refuse(draft);
            return;
        }

        _refusals += draft.Refuses ? 1 : 0;
        if (draft.Key is null || !_byKey.TryGetValue(draft.Key, out var target))
        {
            target = Create(draft);
            Rows.Add(new(draft.Line, target, Outcome.Created, target.State, draft.Tags));
            return;
        }

        var isLeftOut = draft.IsLater || (_settings.Existing == Policy.Skip && target.Original is not null);
        var taken = isLeftOut ? draft.RefusalsOnly() : draft;
        var isChanged = Change(target, taken);
        _updates += isChanged ? 1 : 0;
        _unchanged += isChanged || isLeftOut ? 0 : 1;
        _skipped += !isChanged && isLeftOut ? 1 : 0;
        Rows.Add(new(draft.Line, target, isChanged ? Outcome.Updated : isLeftOut ? Outcome.Skipped : Outcome.Unchanged, target.State, taken.Tags));
    }

    // A bad row creates nobody and changes no value, but who refuses messages must not stay mailable because of it.
    private void Refuse(ContactDraft draft)
    {
        if (_byKey.TryGetValue(draft.Key!, out var target))
        {
            _refusals++;
            Change(target, draft.RefusalsOnly());
        }
    }

    private ContactTarget Create(ContactDraft draft)
    {
        var target = new ContactTarget(draft.Values) { CreatedAt = draft.CreatedAt, ChangedAt = draft.Exported?.UpdatedAt };
        target.Consents.Apply(draft.Consents, _settings.LoosensRefusals);
        Created.Add(target);
        if (draft.Key is not null)
        {
            _byKey.Add(draft.Key, target);
        }

        return target;
    }

    private bool Change(ContactTarget target, ContactDraft draft)
    {
        var loosens = _settings.LoosensRefusals;
        var state = draft.Apply(target.State, _settings.Existing == Policy.Keep ? target.Original : null);
        var kept = !loosens && target.State.DoNotDisturb && !state.DoNotDisturb;
        state.DoNotDisturb |= kept;
        var consents = target.Consents.Apply(draft.Consents, loosens);
        _refusalsKept += kept || consents.Kept ? 1 : 0;
        target.CreatedAt = draft.CreatedAt ?? target.CreatedAt;
        if (target.State.BeforeJson(state) is null && !consents.Changed)
        {
            return false;
        }

        target.State = state;
        return true;
    }
}
