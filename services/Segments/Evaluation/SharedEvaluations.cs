using System.Collections.Concurrent;
using Grpc.Core;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates in one snapshot what several calls ask: however many ask while data changes, what changed is looked up once for all of them.
/// Whatever takes more than a look at few contacts is left to a snapshot of its own, so that nobody has to wait for it.
/// </summary>
internal class SharedEvaluations(Moments moments, AnswerStore answers)
{
    private readonly ConcurrentDictionary<int, Rounds<Call>> _rounds = [];

    /// <summary>Evaluates a request; null if that takes more than a look at few contacts.</summary>
    public virtual Task<IReadOnlyList<MatchSet>?> EvaluateAsync(int accountId, EvaluationRequest request, CancellationToken ct)
    {
        var call = new Call(request);
        _rounds.GetOrAdd(accountId, id => new Rounds<Call>(calls => AnswerAsync(id, calls))).Add(call);
        return call.Answer.Task.WaitAsync(ct);
    }

    // After a failure the snapshot is of no use: whoever has no answer yet goes on alone, and learns there what it was.
    private async Task AnswerAsync(int accountId, IReadOnlyList<Call> calls)
    {
        try
        {
            await using var moment = await moments.OpenAsync(accountId, asOf: null, [], CancellationToken.None);
            var leaves = new LeafAnswers(moment, answers);
            foreach (var call in calls)
            {
                await AnswerAsync(call, leaves);
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

    private static async Task AnswerAsync(Call call, LeafAnswers leaves)
    {
        try
        {
            var plans = leaves.Plan(call.Request);
            call.Answer.SetResult(Plan.MissingTagsOf(plans).Count == 0 ? await leaves.TryDecideAsync(plans, CancellationToken.None) : null);
        }
        catch (RpcException e)
        {
            // What is wrong with one filter does not concern the others.
            call.Answer.SetException(e);
        }
    }

    private sealed record Call(EvaluationRequest Request)
    {
        public TaskCompletionSource<IReadOnlyList<MatchSet>?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
