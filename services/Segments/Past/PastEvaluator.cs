using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Past;

/// <summary>
/// Evaluates filters as of an instant of the past, with the planner and the compiler of the present: tags are the bits of then, and SQL reads
/// the relations of then. The instant is the <c>now</c> of the evaluation.
/// </summary>
internal sealed class PastEvaluator(AccountIndexes indexes, AnswerLoader loader, PastHistory history)
{
    /// <summary>
    /// Evaluates some filters in one state. They are read against the names of today, by which callers know things, and checked against what
    /// there was then.
    /// </summary>
    public Task<IReadOnlyList<Evaluation.Evaluation>> EvaluateAsync(
        int accountId, Timestamp asOf, Func<AccountState, AccountState, IReadOnlyList<Question>> read, CancellationToken ct) =>
        WithinAsync(accountId, asOf, read, (_, evaluations) => Task.FromResult(evaluations), ct);

    /// <summary>Evaluates some filters in one state, then goes on in the snapshot of that state.</summary>
    public async Task<T> WithinAsync<T>(
        int accountId,
        Timestamp asOf,
        Func<AccountState, AccountState, IReadOnlyList<Question>> read,
        Func<EvaluationScope, IReadOnlyList<Evaluation.Evaluation>, Task<T>> then,
        CancellationToken ct)
    {
        var at = history.Read(asOf);
        IReadOnlySet<int> tagIds = new HashSet<int>();
        while (true)
        {
            var (snapshot, state) = await indexes.OpenAsync(accountId, Missing.Nothing, ct);
            await using (snapshot)
            {
                var moment = await history.FindAsync(snapshot, at, ct);
                var (today, past) = await history.LoadAsync(snapshot, state, moment, tagIds, ct);
                var context = Evaluator.Context(past, at) with { Past = moment };
                var known = new LeafAnswers(snapshot, context, loader, store: null);
                var questions = read(today, past);
                tagIds = questions
                    .SelectMany(question => Planner.Plan(past, question, context, past.Clocks, known.Find).MissingTags)
                    .ToHashSet();
                if (tagIds.Count > 0)
                {
                    continue;
                }

                // Answers about the past are not kept, so nobody waits for those of others.
                var evaluations = new List<Evaluation.Evaluation>();
                foreach (var question in questions)
                {
                    evaluations.Add(new Evaluation.Evaluation(at, past, (await known.DecideAsync(past, question, ct))!));
                }

                return await then(new EvaluationScope(snapshot, context, state), evaluations);
            }
        }
    }
}
