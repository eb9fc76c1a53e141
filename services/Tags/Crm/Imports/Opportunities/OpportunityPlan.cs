using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Opportunities;
using Outcome = Crm.Contacts.V1.ImportPreview.Types.Outcome;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>The changes of a batch of rows; a later row of an opportunity continues from the result of an earlier one.</summary>
internal sealed class OpportunityPlan
{
    private readonly Dictionary<string, OpportunityWrite> _byKey;
    private int _updates;
    private int _unchanged;
    private int _orphans;

    private OpportunityPlan(Dictionary<string, OpportunityWrite> byKey) => _byKey = byKey;

    /// <summary>The opportunities to create.</summary>
    public List<OpportunityWrite> Created { get; } = [];

    /// <summary>The opportunities to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<OpportunityWrite> Updated { get; private set; } = [];

    /// <summary>The rows with their opportunities.</summary>
    public List<PlannedOpportunity> Rows { get; } = [];

    /// <summary>Plans a batch, given the existing opportunities by key, the numbers of contacts by external id, and the stages.</summary>
    public static OpportunityPlan Make(
        IReadOnlyList<OpportunityDraft> batch, Dictionary<string, OpportunityWrite> existing, Dictionary<string, int> contacts, ImportStages stages)
    {
        var plan = new OpportunityPlan(existing);
        foreach (var draft in batch)
        {
            var target = draft.Key is null ? null : existing.GetValueOrDefault(draft.Key);
            int? contactId = draft.Contact is not null && contacts.TryGetValue(draft.Contact, out var found) ? found : null;
            plan.Add(draft, target, draft.Apply(target?.State, contactId, stages));
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

    private void Add(OpportunityDraft draft, OpportunityWrite? target, OpportunityState state)
    {
        _orphans += state.ContactId is null ? 1 : 0;
        var outcome = target is null ? Outcome.Created : Update(target, state);
        if (target is null)
        {
            target = new OpportunityWrite(0, 0, null) { State = state };
            Created.Add(target);
            if (draft.Key is not null)
            {
                _byKey.Add(draft.Key, target);
            }
        }

        Rows.Add(new(draft, outcome, target.State));
    }

    private Outcome Update(OpportunityWrite target, OpportunityState state)
    {
        if (target.State.Differences(state).Count == 0)
        {
            _unchanged++;
            return Outcome.Unchanged;
        }

        _updates++;
        target.State = state;
        return Outcome.Updated;
    }
}
