using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Past;

/// <summary>Evaluates filters now or, if an instant is given, as of then. A question is read from the states of today and of that time.</summary>
internal sealed class AnytimeEvaluator(Evaluator present, PastEvaluator past)
{
    /// <summary>Evaluates some filters in one state at one <c>now</c>.</summary>
    public Task<IReadOnlyList<Evaluation.Evaluation>> EvaluateAsync(
        int accountId, Timestamp? asOf, Func<AccountState, AccountState, IReadOnlyList<Question>> read, CancellationToken ct) =>
        asOf is null
            ? present.EvaluateTogetherAsync(accountId, state => read(state, state), ct)
            : past.EvaluateAsync(accountId, asOf, read, ct);

    /// <summary>Evaluates some filters in one state at one <c>now</c>, then goes on in the snapshot of that state.</summary>
    public Task<T> WithinAsync<T>(
        int accountId,
        Timestamp? asOf,
        Func<AccountState, AccountState, IReadOnlyList<Question>> read,
        Func<EvaluationScope, IReadOnlyList<Evaluation.Evaluation>, Task<T>> then,
        CancellationToken ct) =>
        asOf is null
            ? present.WithinAsync(accountId, state => read(state, state), (snapshot, evaluations) => then(Scope(snapshot, evaluations[0]), evaluations), ct)
            : past.WithinAsync(accountId, asOf, read, then, ct);

    private static EvaluationScope Scope(Snapshot snapshot, Evaluation.Evaluation evaluation) =>
        new(snapshot, Evaluator.Context(evaluation.State, evaluation.Now), evaluation.State);
}
