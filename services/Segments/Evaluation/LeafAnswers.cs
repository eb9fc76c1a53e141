using TagSegments.Bitmaps;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// What is known of leaves in one snapshot: what was kept, as far as nothing has changed since, and what PostgreSQL is asked. It is asked as
/// little as possible: first what costs least, about those contacts only for whom the filter is still undecided.
/// </summary>
internal sealed class LeafAnswers(Snapshot snapshot, FilterContext context, AnswerLoader loader, AnswerStore? store)
{
    private readonly AskingLimits _limits = loader.Limits;
    private readonly SnapshotChanges _changes = loader.ChangesIn(snapshot);
    private readonly Dictionary<Leaf, KeptAnswer> _answers = new(LeafComparer.Instance);
    private readonly HashSet<Leaf> _lookedUp = new(LeafComparer.Instance);
    private readonly AskedLeaves _asked = store?.Asked ?? new AskedLeaves();

    /// <summary>What to wait for where somebody else asks PostgreSQL the same about everyone; null for nothing.</summary>
    public Task? UnderWay { get; private set; }

    /// <summary>Gets what is known so far; null for nothing.</summary>
    public KeptAnswer? Find(Leaf leaf) => _answers.GetValueOrDefault(leaf);

    /// <summary>
    /// Makes the plan of a question, learning step by step what it lacks. The state has the tags that the question needs. Null if somebody else
    /// is learning the same: after <see cref="UnderWay"/> a later snapshot will find it kept.
    /// </summary>
    public Task<Plan?> DecideAsync(AccountState state, Question question, CancellationToken ct) =>
        DecideAsync(state, question, int.MaxValue, ct);

    /// <summary>As above, but null if the state lacks a tag, or if PostgreSQL has to be asked about more than very few contacts.</summary>
    public async Task<Plan?> TryDecideAsync(AccountState state, Question question, CancellationToken ct) =>
        Plan(state, question).MissingTags.Count == 0 ? await DecideAsync(state, question, _limits.VeryFew, ct) : null;

    private async Task<Plan?> DecideAsync(AccountState state, Question question, int most, CancellationToken ct)
    {
        while (true)
        {
            var plan = Plan(state, question);
            if (await LookUpAsync(plan, ct))
            {
                continue;
            }

            var undecided = plan.Undecided(state.Living, Math.Min(most, _limits.Few) + 1);
            if (undecided.Length == 0 || undecided.Length > most)
            {
                return undecided.Length == 0 ? plan : null;
            }

            await LearnAsync(plan, undecided, ct);
            if (UnderWay is not null)
            {
                return null;
            }
        }
    }

    private Plan Plan(AccountState state, Question question) => Planner.Plan(state, question, context, state.Clocks, Find);

    private async Task LearnAsync(Plan plan, int[] undecided, CancellationToken ct)
    {
        var open = plan.Leaves.Keys.Where(leaf => IsOpen(Find(leaf), undecided)).OrderBy(leaf => leaf.Cost).ToList();
        if (undecided.Length > _limits.VeryFew)
        {
            open.RemoveAll(leaf => leaf.Cost > open[0].Cost);
        }

        await (undecided.Length <= _limits.Few ? AskAsync(open, undecided, ct) : AskAboutManyAsync(open, ct));
    }

    private async Task<bool> LookUpAsync(Plan plan, CancellationToken ct)
    {
        var found = false;
        foreach (var leaf in plan.Leaves.Keys.Where(leaf => leaf.IsKept && store is not null && _lookedUp.Add(leaf)))
        {
            if (store!.Find(snapshot.AccountId, leaf.Key) is { } kept
                && await loader.BringForwardAsync(_changes, leaf, kept, ct) is { } answer)
            {
                Set(leaf, answer);
                found = true;
            }
        }

        return found;
    }

    private bool IsOpen(KeptAnswer? answer, int[] undecided) =>
        answer is not { IsKnown: true }
        && (answer is null || undecided.Length > _limits.Few || Array.Exists(undecided, contactId => !answer.Knows(contactId)));

    // What is unknown of few only is asked about those; expressions over contacts are answered in one pass over all of them.
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
        using var asking = _asked.TryBegin(snapshot.AccountId, keys, out var underWay);
        UnderWay ??= underWay;
        if (asking is not null)
        {
            await AskAsync(leaves, null, ct);
        }
    }

    private async Task AskAsync(IReadOnlyList<Leaf> leaves, int[]? candidates, CancellationToken ct)
    {
        var at = AnswerClocks.Of(snapshot.Clocks);
        var known = leaves.Select(leaf => (leaf, Find(leaf) ?? KeptAnswer.Nothing(at)));
        foreach (var (leaf, answer) in await LeafQuery.AskAsync(snapshot, context, known, candidates, ct))
        {
            Set(leaf, answer);
        }
    }

    private void Set(Leaf leaf, KeptAnswer answer)
    {
        _answers[leaf] = answer;
        if (leaf.IsKept)
        {
            store?.Keep(snapshot.AccountId, leaf.Key, answer);
        }
    }
}
