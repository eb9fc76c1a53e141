using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Past;

/// <summary>
/// Evaluates filters as of an instant of the past, with the planner and the compiler of the present: tags are the bits of then, and SQL reads
/// the relations of then. The instant is the <c>now</c> of the evaluation.
/// </summary>
internal sealed class PastEvaluator(AccountIndexes indexes, PastHistory history)
{
    /// <summary>
    /// Evaluates some filters in one state. Each is read against the names of today, by which callers know things, and checked against what
    /// there was then. If only some <paramref name="candidates"/> are of interest, the answers are true for those and mean nothing for others.
    /// </summary>
    public async Task<IReadOnlyList<Evaluation.Evaluation>> EvaluateAsync(
        int accountId, Timestamp asOf, IReadOnlyList<Func<AccountState, AccountState, Filter>> reads, int[]? candidates, CancellationToken ct)
    {
        var at = history.Read(asOf);
        IReadOnlySet<int> tagIds = new HashSet<int>();
        while (true)
        {
            var (snapshot, state) = await indexes.OpenAsync(accountId, Missing.Nothing, ct);
            await using (snapshot)
            {
                var moment = await history.FindAsync(snapshot, at, ct);
                var (today, then) = await history.LoadAsync(snapshot, state, moment, tagIds, ct);
                var context = Evaluator.Context(then, at) with { Past = moment };
                var plans = reads.Select(read => Planner.Plan(then, new Question(read(today, then), candidates), context)).ToList();
                tagIds = plans.SelectMany(plan => plan.Missing.Tags).ToHashSet();
                if (tagIds.Count > 0)
                {
                    continue;
                }

                foreach (var plan in plans)
                {
                    await SqlEvaluator.AnswerAsync(snapshot, plan, context, then, plan.Question.Candidates, ct);
                }

                return [.. plans.Select(plan => new Evaluation.Evaluation(at, then, plan))];
            }
        }
    }
}
