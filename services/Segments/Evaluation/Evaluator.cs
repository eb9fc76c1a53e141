using Crm.Segments.V1;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates filters, exactly: an evaluation reads one consistent state, which includes every write acknowledged before it began. What is
/// in memory and true is answered from there after one read of the clocks; everything else in one snapshot of the database, which several
/// calls share where little is to be looked up.
/// </summary>
internal sealed class Evaluator(
    AccountIndexes indexes, SharedEvaluations shared, AnswerLoader loader, AnswerStore answers, ShadowCheck shadow, TimeProvider time)
{
    /// <summary>
    /// Evaluates a filter, which is read against the names of the very state that it is evaluated on. If only some
    /// <paramref name="candidates"/> are of interest, the answer is true for those and means nothing for others.
    /// </summary>
    public async Task<Evaluation> EvaluateAsync(
        int accountId, Func<AccountState, Filter> read, CancellationToken ct, int[]? candidates = null) =>
        (await EvaluateTogetherAsync(accountId, state => [new Question(read(state), candidates)], ct))[0];

    /// <summary>Evaluates several filters in one state at one <c>now</c>.</summary>
    public async Task<IReadOnlyList<Evaluation>> EvaluateTogetherAsync(
        int accountId, Func<AccountState, IReadOnlyList<Question>> read, CancellationToken ct)
    {
        var check = shadow.IsDue();
        return (check ? null : await FromMemoryAsync(accountId, read, ct) ?? await shared.EvaluateAsync(accountId, read, ct))
            ?? await WithinAsync(accountId, read, async (snapshot, evaluations) =>
                check ? await CheckAsync(snapshot, evaluations, ct) : evaluations, ct);
    }

    /// <summary>Evaluates several filters in one state at one <c>now</c>, then goes on in the snapshot of that state.</summary>
    public async Task<T> WithinAsync<T>(
        int accountId,
        Func<AccountState, IReadOnlyList<Question>> read,
        Func<Snapshot, IReadOnlyList<Evaluation>, Task<T>> then,
        CancellationToken ct)
    {
        var (missing, underWay) = (Missing.Nothing, Task.CompletedTask);
        while (true)
        {
            await underWay.WaitAsync(ct);
            var (snapshot, state) = await indexes.OpenAsync(accountId, missing, ct);
            await using (snapshot)
            {
                var now = time.GetUtcNow();
                var context = Context(state, now, state.Clocks);
                var known = new LeafAnswers(snapshot, context, loader, answers);
                var questions = read(state);
                missing = Missing.All(Plans(state, questions, context, state.Clocks, known.Find).Select(plan => plan.MissingTags));
                if (!missing.IsEmpty)
                {
                    continue;
                }

                var evaluations = new List<Evaluation>();
                foreach (var question in questions)
                {
                    if (await known.DecideAsync(state, question, ct) is { } plan)
                    {
                        evaluations.Add(new Evaluation(now, state, plan));
                    }
                }

                if (known.UnderWay is null)
                {
                    return await then(snapshot, evaluations);
                }

                underWay = known.UnderWay;
            }
        }
    }

    /// <summary>Reads a filter against the current names, without evaluating it.</summary>
    public async Task<(Filter Filter, AccountState State)> ReadAsync(int accountId, Func<AccountState, Filter> read, CancellationToken ct)
    {
        var (state, _) = await indexes.CurrentAsync(accountId, ct);
        return (read(state), state);
    }

    /// <summary>Makes what filters are compiled against.</summary>
    public static FilterContext Context(AccountState state, DateTimeOffset now) => new(state.Catalog, now)
    {
        FindSegment = segmentId => state.Definitions.GetValueOrDefault(segmentId)?.Filter,
    };

    /// <summary>As above, for a moment at which the clocks are known.</summary>
    public static FilterContext Context(AccountState state, DateTimeOffset now, AccountClocks clocks)
    {
        var context = Context(state, now);
        return context with { NothingLater = (clocks.MaxActivityAt ?? DateTime.MinValue) <= context.Instant.ToDateTimeUtc() };
    }

    private static List<Plan> Plans(
        AccountState state, IReadOnlyList<Question> questions, FilterContext context, AccountClocks clocks, Func<Leaf, KeptAnswer?> find) =>
        [.. questions.Select(question => Planner.Plan(state, question, context, clocks, find))];

    // Now is read after the state: activity that was recorded while the call was under way then does not lie in the future.
    private async Task<IReadOnlyList<Evaluation>?> FromMemoryAsync(
        int accountId, Func<AccountState, IReadOnlyList<Question>> read, CancellationToken ct)
    {
        var (state, clocks) = await indexes.CurrentAsync(accountId, ct);
        while (true)
        {
            var at = AnswerClocks.Of(clocks);
            var now = time.GetUtcNow();
            var plans = Plans(state, read(state), Context(state, now, clocks), clocks, Find);
            var missing = Missing.All(plans.Select(plan => plan.MissingTags));
            if (missing.IsEmpty)
            {
                return plans.Exists(plan => plan.Undecided(state.Living, 1).Length > 0)
                    ? null
                    : [.. plans.Select(plan => new Evaluation(now, state, plan))];
            }

            state = await indexes.LoadAsync(accountId, missing, ct);
            clocks = state.Clocks;

            KeptAnswer? Find(Leaf leaf) =>
                leaf.IsKept && answers.Find(accountId, leaf.Key) is { } answer && loader.IsSame(leaf, answer.At, at) ? answer : null;
        }
    }

    // What was asked about some contacts only is not known of the others, and is left as it is.
    private async Task<IReadOnlyList<Evaluation>> CheckAsync(
        Snapshot snapshot, IReadOnlyList<Evaluation> evaluations, CancellationToken ct)
    {
        var checkedAnswers = new List<Evaluation>();
        foreach (var evaluation in evaluations)
        {
            checkedAnswers.Add(evaluation.Question.Candidates is null
                ? evaluation.With(await shadow.CheckAsync(
                    snapshot, evaluation.Filter, Context(evaluation.State, evaluation.Now), evaluation.ToBitmap(), ct))
                : evaluation);
        }

        return checkedAnswers;
    }
}
