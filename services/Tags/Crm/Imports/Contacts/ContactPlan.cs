using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The changes of a batch of rows; a later row of a contact continues from the result of an earlier one.</summary>
internal sealed class ContactPlan
{
    private readonly Dictionary<string, Target> _byKey = new(StringComparer.Ordinal);
    private readonly bool _loosens;
    private int _refusals;
    private int _refusalsKept;
    private int _updates;
    private int _unchanged;

    private ContactPlan(bool loosens) => _loosens = loosens;

    /// <summary>The contact of each row.</summary>
    public List<Target> Targets { get; } = [];

    /// <summary>The contacts to create.</summary>
    public List<Target> Created { get; } = [];

    /// <summary>The contacts to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<Target> Updated { get; private set; } = [];

    /// <summary>Plans a batch, given the existing contacts that its keys name and whether it may take refusals back.</summary>
    public static ContactPlan Make(IReadOnlyList<ContactDraft> batch, IEnumerable<ContactRow> existing, bool byEmail, bool loosens)
    {
        var plan = new ContactPlan(loosens);
        foreach (var row in existing)
        {
            plan._byKey.Add(byEmail ? row.ToState().EmailKey! : row.ExternalId!, new Target(row));
        }

        foreach (var draft in batch)
        {
            plan.Targets.Add(plan.Add(draft));
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

    private Target Add(ContactDraft draft)
    {
        _refusals += draft.Refuses ? 1 : 0;
        if (draft.Key is null || !_byKey.TryGetValue(draft.Key, out var target))
        {
            target = new Target(null) { State = draft.Values };
            target.Consents.Apply(draft.Consents, _loosens);
            Created.Add(target);
            if (draft.Key is not null)
            {
                _byKey.Add(draft.Key, target);
            }

            return target;
        }

        var state = draft.Apply(target.State);
        var kept = !_loosens && target.State.DoNotDisturb && !state.DoNotDisturb;
        state.DoNotDisturb |= kept;
        var consents = target.Consents.Apply(draft.Consents, _loosens);
        _refusalsKept += kept || consents.Kept ? 1 : 0;
        if (target.State.BeforeJson(state) is null && !consents.Changed)
        {
            _unchanged++;
        }
        else
        {
            _updates++;
            target.State = state;
        }

        return target;
    }

    /// <summary>A contact of the batch: an existing one, or one to create.</summary>
    internal sealed class Target(ContactRow? existing)
    {
        private readonly ContactState? _before = existing?.ToState();

        /// <summary>The contact's number.</summary>
        public int ContactId { get; set; } = existing?.ContactId ?? 0;

        /// <summary>The version that was read.</summary>
        public long Version { get; } = existing?.Version ?? 0;

        /// <summary>When the contact was last changed; null for a new one.</summary>
        public DateTime? UpdatedAt { get; } = existing?.UpdatedAt;

        /// <summary>The state after the rows.</summary>
        public ContactState State { get; set; } = existing?.ToState() ?? new ContactState();

        /// <summary>The consents after the rows.</summary>
        public PlannedConsents Consents { get; } = new(existing);

        /// <summary>The values before the change; null for a new contact and for one whose values stay the same.</summary>
        public string? BeforeJson => _before?.BeforeJson(State);

        /// <summary>True for an existing contact that the rows change.</summary>
        public bool IsUpdated => existing is not null && (BeforeJson is not null || ConsentValue.Channels.Any(Consents.IsChanged));
    }
}
