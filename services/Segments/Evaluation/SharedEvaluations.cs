using Grpc.Core;
using Npgsql;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates the requests of several calls in one snapshot: changes are looked up once for all of them. A request that needs more than a look
/// at few contacts is left to a snapshot of its own, so that the others need not wait for it.
/// </summary>
internal class SharedEvaluations : IAsyncDisposable
{
    private readonly Moments _moments;
    private readonly AnswerStore _answers;
    private readonly AccountCoalescers<PendingEvaluation, IReadOnlyList<MatchSet>?> _accounts;

    public SharedEvaluations(Moments moments, AnswerStore answers)
    {
        (_moments, _answers) = (moments, answers);
        _accounts = new(accountId => new(calls => AnswerAsync(accountId, calls)) { GathersCalls = true, Span = ("segments.share", accountId) });
    }

    /// <summary>Evaluates a request; null if that takes more than a look at few contacts.</summary>
    public virtual Task<IReadOnlyList<MatchSet>?> EvaluateAsync(int accountId, EvaluationRequest request, CancellationToken ct) =>
        _accounts.RunAsync(accountId, new PendingEvaluation(request), ct);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _accounts.DisposeAsync();
    }

    // After a failure the snapshot is unusable: a call without an answer continues alone, and learns there what failed.
    private async Task AnswerAsync(int accountId, IReadOnlyList<PendingEvaluation> calls)
    {
        try
        {
            await using var moment = await _moments.OpenBrieflyAsync(accountId, CancellationToken.None);
            var leaves = new LeafAnswers(moment, _answers);
            foreach (var call in calls)
            {
                await AnswerAsync(call, leaves);
            }
        }
        catch (Exception)
        {
            foreach (var call in calls)
            {
                call.Complete(null);
            }
        }
    }

    private static async Task AnswerAsync(PendingEvaluation call, LeafAnswers leaves)
    {
        try
        {
            var plans = leaves.Plan(call.Request);
            call.Complete(Plan.MissingTagsOf(plans).Count == 0 ? await leaves.TryDecideAsync(plans, CancellationToken.None) : null);
        }
        catch (RpcException e)
        {
            // A fault in one filter does not concern the others.
            call.Fail(e);
        }
        catch (NpgsqlException e) when (e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or { InnerException: TimeoutException })
        {
            // A statement that took too long is not tried again; the others continue alone.
            call.Fail(e);
            throw;
        }
    }

    private sealed class PendingEvaluation(EvaluationRequest request) : PendingCall<IReadOnlyList<MatchSet>?>
    {
        public EvaluationRequest Request { get; } = request;
    }
}
