using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// The known answers to leaves at one moment: kept ones, as far as nothing has changed since, and those of PostgreSQL. PostgreSQL is asked as
/// little as possible: the cheapest leaf first, and only about contacts for whom the filter is still undecided.
/// </summary>
internal sealed class LeafAnswers(Moment moment, AnswerStore store)
{
    private readonly LeafQueryLimits _limits = store.Loader.Limits;
    private readonly SnapshotChanges _changes = store.Loader.ChangesIn(moment.Snapshot);
    private readonly Dictionary<Leaf, KeptAnswer> _answers = [];
    private readonly HashSet<Leaf> _lookedUp = [];
    private readonly int _accountId = moment.Snapshot.AccountId;

    /// <summary>The task to wait for if another call is asking PostgreSQL the same about everyone; null for none.</summary>
    public Task? UnderWay { get; private set; }

    /// <summary>Reads a request and makes its plans from the answers known so far.</summary>
    public IReadOnlyList<Plan> Plan(EvaluationRequest request) =>
        [.. FilterReader.Read(request, moment.Today, moment.Then).Select(Plan)];

    /// <summary>
    /// Decides who matches, and asks step by step for the answers that the plans lack; the state has their tags. Null if another call is asking
    /// for the same: after <see cref="UnderWay"/>, a later snapshot will find the answer kept.
    /// </summary>
    public Task<IReadOnlyList<MatchSet>?> DecideAsync(IReadOnlyList<Plan> plans, CancellationToken ct) =>
        DecideAsync(plans, int.MaxValue, ct);

    /// <summary>Decides who matches unless PostgreSQL would have to be asked about more than very few contacts; null then.</summary>
    public Task<IReadOnlyList<MatchSet>?> TryDecideAsync(IReadOnlyList<Plan> plans, CancellationToken ct) =>
        DecideAsync(plans, _limits.VeryFew, ct);

    private async Task<IReadOnlyList<MatchSet>?> DecideAsync(IReadOnlyList<Plan> plans, int most, CancellationToken ct)
    {
        var matches = new List<MatchSet>();
        foreach (var plan in plans)
        {
            if (await DecideAsync(plan, most, ct) is not { } decided)
            {
                return null;
            }

            matches.Add(new MatchSet(moment.Now, moment.Then, decided));
        }

        return matches;
    }

    private async Task<Plan?> DecideAsync(Plan plan, int most, CancellationToken ct)
    {
        while (UnderWay is null)
        {
            await LookUpAsync(plan, ct);
            if (KnowsMoreThan(plan))
            {
                plan = Plan(plan.Question);
                continue;
            }

            var undecided = plan.Undecided(moment.Then.Living, Math.Min(most, _limits.Few) + 1);
            if (undecided.Length == 0 || undecided.Length > most)
            {
                return undecided.Length == 0 ? plan : null;
            }

            await LearnAsync(plan, undecided, ct);
        }

        return null;
    }

    private Plan Plan(Question question) => Planner.Plan(moment.Then, question, moment.Context, Find);

    private KeptAnswer? Find(Leaf leaf) => _answers.GetValueOrDefault(leaf);

    private bool KnowsMoreThan(Plan plan) => plan.Leaves.Any(leaf => !ReferenceEquals(Find(leaf.Key), leaf.Value));

    private async Task LearnAsync(Plan plan, int[] undecided, CancellationToken ct)
    {
        var open = plan.Leaves.Keys.Where(leaf => IsOpen(Find(leaf), undecided)).OrderBy(leaf => leaf.Cost).ToList();
        if (undecided.Length > _limits.VeryFew)
        {
            open.RemoveAll(leaf => leaf.Cost > open[0].Cost);
        }

        await (undecided.Length <= _limits.Few ? AskAsync(open, undecided, ct) : AskAboutManyAsync(open, ct));
    }

    private async Task LookUpAsync(Plan plan, CancellationToken ct)
    {
        foreach (var leaf in plan.Leaves.Keys.Where(leaf => leaf.IsKept && _lookedUp.Add(leaf)))
        {
            if (store.Find(_accountId, leaf.Key) is { } kept && await store.Loader.BringForwardAsync(_changes, leaf, kept, ct) is { } answer)
            {
                Set(leaf, answer);
            }
        }
    }

    private bool IsOpen(KeptAnswer? answer, int[] undecided) =>
        answer is not { IsKnown: true }
        && (answer is null || undecided.Length > _limits.Few || Array.Exists(undecided, contactId => !answer.Knows(contactId)));

    // A leaf that is unknown for few contacts is asked for those alone; expressions over contacts are answered in one pass over all of them.
    private async Task AskAboutManyAsync(List<Leaf> open, CancellationToken ct)
    {
        var nearlyKnown = open.Where(leaf => Find(leaf) is { IsWhole: true } known && known.But.Count <= _limits.Few).ToList();
        foreach (var leaf in nearlyKnown)
        {
            await AskAsync([leaf], Find(leaf)!.But.Next(-1, _limits.Few), ct);
        }

        var rest = open.Except(nearlyKnown).ToLookup(leaf => leaf.IsExpression);
        foreach (var together in rest[false].Select(leaf => new[] { leaf }).Prepend([.. rest[true]]).Where(leaves => leaves.Length > 0))
        {
            await AskAboutEveryoneAsync(together, ct);
        }
    }

    private async Task AskAboutEveryoneAsync(IReadOnlyList<Leaf> leaves, CancellationToken ct)
    {
        string[] keys = [.. leaves.Where(leaf => leaf.IsKept).Select(leaf => leaf.Key)];
        using var asking = store.Asked.TryBegin(_accountId, keys, out var underWay);
        UnderWay ??= underWay;
        if (asking is not null)
        {
            await AskAsync(leaves, null, ct);
        }
    }

    private async Task AskAsync(IReadOnlyList<Leaf> leaves, int[]? candidates, CancellationToken ct)
    {
        var at = AnswerClocks.Of(moment.Snapshot.Clocks);
        var known = leaves.Select(leaf => (leaf, Find(leaf) ?? KeptAnswer.Nothing(at)));
        foreach (var (leaf, answer) in await LeafQuery.AskAsync(moment.Snapshot, moment.Context, known, candidates, ct))
        {
            Set(leaf, answer);
        }
    }

    private void Set(Leaf leaf, KeptAnswer answer)
    {
        _answers[leaf] = answer;
        if (leaf.IsKept)
        {
            store.Keep(_accountId, leaf.Key, answer);
        }
    }
}
