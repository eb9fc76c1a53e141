using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>
/// Runs the open operations, three at a time and two of one account, including those of a process that died. An operation runs for a second,
/// then it is the turn of the account that has had the least time for its weight.
/// </summary>
internal sealed class BulkRunner(
    BulkStore store, BulkAudience audience, BulkSteps steps, BackgroundTurns turns, AccountDirectory accounts, ILogger<BulkRunner> logger)
    : PollingService(WorkWatch.OwnPause, logger, workers: 3), IWatched
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);
    private readonly FairClaims _claims = new(mostPerAccount: 2, accounts.Closed);

    // One for each worker. The owner of an operation that an error interrupted may take it up again before its lease has run out.
    private readonly ConcurrentQueue<Guid> _owners = new([Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()]);

    public static string WorkQuery =>
        $"SELECT FROM tags.bulk_operation WHERE state IN ({BulkStates.Pending}, {BulkStates.Running}) AND lease_until < now()";

    /// <summary>Since when the oldest operation that nobody has begun waits.</summary>
    public static string OldestDue => $"SELECT min(created_at) FROM tags.bulk_operation WHERE state = {BulkStates.Pending} AND lease_until < now()";

    /// <inheritdoc/>
    public override void Dispose()
    {
        _claims.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        _owners.TryDequeue(out var owner);
        try
        {
            if (await _claims.NextAsync(order => store.ClaimAsync(owner, order, ct), operation => operation.AccountId, ct) is not { } operation)
            {
                return false;
            }

            await RunAsync(operation, owner, ct);
            return true;
        }
        finally
        {
            _owners.Enqueue(owner);
        }
    }

    private async Task RunAsync(BulkRow operation, Guid owner, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var weight = 1;
        try
        {
            var account = await accounts.GetAsync(await store.AccountNameAsync(operation, ct), ct);
            weight = account.Limits.Weight;
            if (operation.State == (short)BulkOperation.Types.State.Pending)
            {
                await audience.PrepareAsync(account.Name, operation, ct);
            }

            while (await StepAsync(account, operation, owner, ct))
            {
                if (Stopwatch.GetElapsedTime(begun) >= s_turn)
                {
                    await store.GiveBackAsync(operation, owner, ct);
                    break;
                }
            }
        }
        catch (RpcException e) when (!CanBeRepeated(e) && !ct.IsCancellationRequested)
        {
            await store.FailAsync(operation, e.Status.Detail, ct);
        }
        finally
        {
            _claims.End(operation.AccountId, weight, Stopwatch.GetElapsedTime(begun));
        }
    }

    private Task<bool> StepAsync(AccountInfo account, BulkRow operation, Guid owner, CancellationToken ct) =>
        turns.RunAsync(
            account,
            async () =>
            {
                using var span = Spans.Of(operation.OperationId, "tags.bulk", account.Id);
                return await steps.RunAsync(operation, owner, turns.GivesWay(account), ct);
            },
            ct);

    private static bool CanBeRepeated(RpcException e) =>
        e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;
}
