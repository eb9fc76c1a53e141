using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>The changes of a batch of rows; a later row of an opportunity continues from the result of an earlier one.</summary>
internal sealed class OpportunityPlan
{
    private readonly Dictionary<string, OpportunityWrite> _byKey = new(StringComparer.Ordinal);
    private int _updates;
    private int _unchanged;
    private int _orphans;

    /// <summary>The opportunities to create.</summary>
    public List<OpportunityWrite> Created { get; } = [];

    /// <summary>The opportunities to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<OpportunityWrite> Updated { get; private set; } = [];

    /// <summary>Plans a batch, given the existing opportunities that its keys name and the numbers of contacts by external id.</summary>
    public static OpportunityPlan Make(
        IReadOnlyList<OpportunityDraft> batch, IEnumerable<OpportunityRow> existing, Dictionary<string, int> contacts)
    {
        var plan = new OpportunityPlan();
        foreach (var row in existing)
        {
            plan._byKey.Add(row.ExternalId!, new OpportunityWrite(row.OpportunityId, row.Version, row.ToState()));
        }

        foreach (var draft in batch)
        {
            plan.Add(draft, draft.Contact is not null && contacts.TryGetValue(draft.Contact, out var contactId) ? contactId : null);
        }

        plan.Updated =
        [
            .. plan._byKey.Values.Where(target => target.Before is not null && target.Before.Differences(target.State).Count > 0)
                .OrderBy(target => target.OpportunityId),
        ];
        return plan;
    }

    /// <summary>Gives the new opportunities their numbers, in the order of the rows.</summary>
    public void Number(int first) => Created.ForEach(target => target.OpportunityId = first++);

    /// <summary>Counts the outcomes of the rows.</summary>
    public void AddTo(ImportSummary summary)
    {
        summary.Created += Created.Count;
        summary.Updated += _updates;
        summary.Unchanged += _unchanged;
        summary.Orphans += _orphans;
    }

    private void Add(OpportunityDraft draft, int? contactId)
    {
        var target = draft.Key is null ? null : _byKey.GetValueOrDefault(draft.Key);
        var state = draft.Apply(target?.State, contactId);
        _orphans += state.ContactId is null ? 1 : 0;
        if (target is null)
        {
            target = new OpportunityWrite(0, 0, null) { State = state };
            Created.Add(target);
            if (draft.Key is not null)
            {
                _byKey.Add(draft.Key, target);
            }
        }
        else if (target.State.Differences(state).Count == 0)
        {
            _unchanged++;
        }
        else
        {
            _updates++;
            target.State = state;
        }
    }
}
