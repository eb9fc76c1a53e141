using System.Collections.Concurrent;
using Grpc.Core;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates in one snapshot what several calls ask: however many ask while data changes, what changed is looked up once for all of them.
/// Whatever takes more than a look at few contacts is left to a snapshot of its own, so that nobody has to wait for it.
/// </summary>
internal class SharedEvaluations(AccountIndexes indexes, AnswerLoader loader, AnswerStore answers, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, Rounds<Call>> _rounds = [];

    /// <summary>Evaluates several filters in one state at one <c>now</c>; null if that takes more than a look at few contacts.</summary>
    public virtual Task<IReadOnlyList<Evaluation>?> EvaluateAsync(
        int accountId, Func<AccountState, IReadOnlyList<Question>> read, CancellationToken ct)
    {
        var call = new Call(read);
        _rounds.GetOrAdd(accountId, id => new Rounds<Call>(calls => AnswerAsync(id, calls))).Add(call);
        return call.Answer.Task.WaitAsync(ct);
    }

    // After a failure the snapshot is of no use: whoever has no answer yet goes on alone, and learns there what it was.
    private async Task AnswerAsync(int accountId, IReadOnlyList<Call> calls)
    {
        try
        {
            var (snapshot, state) = await indexes.OpenAsync(accountId, Missing.Nothing, CancellationToken.None);
            await using (snapshot)
            {
                var now = time.GetUtcNow();
                var known = new LeafAnswers(snapshot, Evaluator.Context(state, now, state.Clocks), loader, answers);
                foreach (var call in calls)
                {
                    await AnswerAsync(call, state, known, now);
                }
            }
        }
        catch (Exception)
        {
            foreach (var call in calls)
            {
                call.Answer.TrySetResult(null);
            }
        }
    }

    private static async Task AnswerAsync(Call call, AccountState state, LeafAnswers known, DateTimeOffset now)
    {
        try
        {
            var evaluations = new List<Evaluation>();
            foreach (var question in call.Read(state))
            {
                if (await known.TryDecideAsync(state, question, CancellationToken.None) is not { } plan)
                {
                    call.Answer.SetResult(null);
                    return;
                }

                evaluations.Add(new Evaluation(now, state, plan));
            }

            call.Answer.SetResult(evaluations);
        }
        catch (RpcException e)
        {
            // What is wrong with one filter does not concern the others.
            call.Answer.SetException(e);
        }
    }

    private sealed record Call(Func<AccountState, IReadOnlyList<Question>> Read)
    {
        public TaskCompletionSource<IReadOnlyList<Evaluation>?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
