using Crm.Segments.V1;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates filters, exactly: an evaluation reads one consistent state, which includes every write acknowledged before it began. A filter
/// of tags alone is answered from memory after one read of the clocks; any other one in one snapshot of the database.
/// </summary>
internal sealed class Evaluator(AccountIndexes indexes, ShadowCheck shadow, TimeProvider time)
{
    /// <summary>
    /// Evaluates a filter, which is read against the names of the very state that it is evaluated on. If only some
    /// <paramref name="candidates"/> are of interest, the answer is true for those and means nothing for others.
    /// </summary>
    public async Task<Evaluation> EvaluateAsync(
        int accountId, Func<AccountState, Filter> read, CancellationToken ct, int[]? candidates = null)
    {
        var check = candidates is null && shadow.IsDue();
        return (check ? null : await FromMemoryAsync(accountId, read, ct)) ?? await BySqlAsync(accountId, read, candidates, check, ct);
    }

    /// <summary>Evaluates several filters in one state at one <c>now</c>, then goes on in the snapshot of that state.</summary>
    public async Task<T> WithinAsync<T>(
        int accountId,
        Func<AccountState, IReadOnlyList<Question>> read,
        Func<Snapshot, IReadOnlyList<Evaluation>, Task<T>> then,
        CancellationToken ct)
    {
        var missing = Missing.Nothing;
        while (true)
        {
            var (snapshot, state) = await indexes.OpenAsync(accountId, missing, ct);
            await using (snapshot)
            {
                var now = time.GetUtcNow();
                var context = Context(state, now);
                var plans = read(state).Select(question => (Plan: Planner.Plan(state, question.Filter, context), question.Candidates)).ToList();
                missing = new Missing(
                    plans.SelectMany(entry => entry.Plan.Missing.Tags).ToHashSet(),
                    plans.SelectMany(entry => entry.Plan.Missing.Columns).ToHashSet());
                if (!missing.IsEmpty)
                {
                    continue;
                }

                foreach (var (plan, candidates) in plans)
                {
                    await SqlEvaluator.AnswerAsync(snapshot, plan, context, state, candidates, ct);
                }

                return await then(snapshot, [.. plans.Select(entry => new Evaluation(now, state, entry.Plan))]);
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

    // Now is read after the state: activity that was recorded while the call was under way then does not lie in the future.
    private async Task<Evaluation?> FromMemoryAsync(int accountId, Func<AccountState, Filter> read, CancellationToken ct)
    {
        var (state, hasCurrentActivity) = await indexes.CurrentAsync(accountId, ct);
        while (true)
        {
            var now = time.GetUtcNow();
            var plan = Planner.Plan(state, read(state), Context(state, now));
            if (plan.SqlParts.Count > 0)
            {
                return null;
            }

            if (plan.Missing.IsEmpty && (hasCurrentActivity || !plan.UsesActivity))
            {
                return new Evaluation(now, state, plan);
            }

            (state, hasCurrentActivity) = (await indexes.LoadAsync(accountId, plan.Missing, ct), true);
        }
    }

    private async Task<Evaluation> BySqlAsync(
        int accountId, Func<AccountState, Filter> read, int[]? candidates, bool check, CancellationToken ct)
    {
        var missing = Missing.Nothing;
        while (true)
        {
            var (snapshot, state) = await indexes.OpenAsync(accountId, missing, ct);
            await using (snapshot)
            {
                var now = time.GetUtcNow();
                var context = Context(state, now);
                var filter = read(state);
                var plan = Planner.Plan(state, filter, context);
                missing = plan.Missing;
                if (!missing.IsEmpty)
                {
                    continue;
                }

                await SqlEvaluator.AnswerAsync(snapshot, plan, context, state, candidates, ct);
                var evaluation = new Evaluation(now, state, plan);
                return check
                    ? evaluation.With(await shadow.CheckAsync(snapshot, filter, context, evaluation.ToBitmap(), ct))
                    : evaluation;
            }
        }
    }
}
