using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The changes of a batch of rows; a later row of a contact continues from the result of an earlier one.</summary>
internal sealed class ContactPlan
{
    private readonly Dictionary<string, Target> _byKey = new(StringComparer.Ordinal);
    private int _updates;
    private int _unchanged;

    /// <summary>The contact of each row.</summary>
    public List<Target> Targets { get; } = [];

    /// <summary>The contacts to create.</summary>
    public List<Target> Created { get; } = [];

    /// <summary>The contacts to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<Target> Updated { get; private set; } = [];

    /// <summary>Plans a batch, given the existing contacts that its keys name.</summary>
    public static ContactPlan Make(IReadOnlyList<ContactDraft> batch, IEnumerable<ContactRow> existing, bool byEmail)
    {
        var plan = new ContactPlan();
        foreach (var row in existing)
        {
            plan._byKey.Add(byEmail ? row.ToState().EmailKey! : row.ExternalId!, new Target(row.ContactId, row.Version, row.ToState()));
        }

        foreach (var draft in batch)
        {
            plan.Targets.Add(plan.Add(draft));
        }

        plan.Updated = [.. plan._byKey.Values.Where(target => target.BeforeJson is not null).OrderBy(target => target.ContactId)];
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
    }

    private Target Add(ContactDraft draft)
    {
        if (draft.Key is null || !_byKey.TryGetValue(draft.Key, out var target))
        {
            target = new Target(0, 0, null) { State = draft.Values };
            Created.Add(target);
            if (draft.Key is not null)
            {
                _byKey.Add(draft.Key, target);
            }

            return target;
        }

        var state = draft.Apply(target.State);
        if (target.State.BeforeJson(state) is null)
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

    /// <summary>A contact of the batch.</summary>
    internal sealed class Target(int contactId, long version, ContactState? before)
    {
        /// <summary>The contact's number.</summary>
        public int ContactId { get; set; } = contactId;

        /// <summary>The version that was read.</summary>
        public long Version { get; } = version;

        /// <summary>The state after the rows.</summary>
        public ContactState State { get; set; } = before ?? new ContactState();

        /// <summary>The values before the change; null for a new contact and for one that stays the same.</summary>
        public string? BeforeJson => before?.BeforeJson(State);
    }
}
