using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Crm.Imports.Columns;
using Outcome = Crm.Contacts.V1.ImportPreview.Types.Outcome;
using Policy = Crm.Contacts.V1.ImportOptions.Types.Existing;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>The changes of a batch of rows; a later row of an opportunity continues from the result of an earlier one.</summary>
internal sealed class OpportunityPlan(
    Dictionary<string, OpportunityWrite> existing, Dictionary<string, int> contacts, ImportStages stages, ImportSettings settings)
{
    private int _updates;
    private int _unchanged;
    private int _orphans;
    private int _skipped;

    /// <summary>The opportunities to create.</summary>
    public List<OpportunityWrite> Created { get; } = [];

    /// <summary>The opportunities to change, by number, so that concurrent imports lock them in one order.</summary>
    public List<OpportunityWrite> Updated { get; private set; } = [];

    /// <summary>The rows with their opportunities.</summary>
    public List<PlannedOpportunity> Rows { get; } = [];

    /// <summary>Plans a batch.</summary>
    public void Make(IReadOnlyList<OpportunityDraft> batch)
    {
        foreach (var draft in batch)
        {
            Add(draft);
        }

        Updated =
        [
            .. existing.Values.Where(target => target.Before is not null && target.Before.Differences(target.State).Count > 0)
                .OrderBy(target => target.OpportunityId),
        ];
    }

    /// <summary>Gives the new opportunities their numbers, in the order of the rows.</summary>
    public void Number(int first) => Created.ForEach(target => target.OpportunityId = first++);

    /// <summary>Counts the outcomes of the rows.</summary>
    public void AddTo(ImportSummary summary)
    {
        summary.Created += Created.Count;
        summary.Updated += _updates;
        summary.Unchanged += _unchanged;
        summary.Skipped += _skipped;
        summary.Orphans += _orphans;
    }

    private void Add(OpportunityDraft draft)
    {
        int? contactId = draft.Contact is not null && contacts.TryGetValue(draft.Contact, out var found) ? found : null;
        if (draft.Key is null || !existing.TryGetValue(draft.Key, out var target))
        {
            Create(draft, draft.Apply(null, contactId, stages));
            return;
        }

        if (draft.IsLater || (settings.Existing == Policy.Skip && target.Original is not null))
        {
            _skipped++;
            Rows.Add(new(draft, Outcome.Skipped, target.State));
            return;
        }

        var state = settings.Existing == Policy.Keep && target.Original is { } kept
            ? draft.Fill(target.State, kept, contactId)
            : draft.Apply(target.State, contactId, stages);
        Change(draft, target, state);
    }

    private void Create(OpportunityDraft draft, OpportunityState state)
    {
        _orphans += state.ContactId is null ? 1 : 0;
        var target = new OpportunityWrite(0, 0, null) { State = state };
        Created.Add(target);
        Rows.Add(new(draft, Outcome.Created, state));
        if (draft.Key is not null)
        {
            existing.Add(draft.Key, target);
        }
    }

    private void Change(OpportunityDraft draft, OpportunityWrite target, OpportunityState state)
    {
        _orphans += state.ContactId is null ? 1 : 0;
        var isChanged = target.State.Differences(state).Count > 0;
        _updates += isChanged ? 1 : 0;
        _unchanged += isChanged ? 0 : 1;
        target.State = isChanged ? state : target.State;
        Rows.Add(new(draft, isChanged ? Outcome.Updated : Outcome.Unchanged, target.State));
    }
}
