using Grpc.Core;
using TagSegments.Tags.Diagnostics;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>
/// Brings erasures to their end, one of each account at a time. What is asked for is in the database, so it is done whichever process lives.
/// </summary>
internal sealed class ErasureRunner(ErasureStore store, ContactErasure erasure, ILogger<ErasureRunner> logger)
    : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    // If it fails or something must end first, it is tried again after this.
    private static readonly TimeSpan s_retryPause = TimeSpan.FromSeconds(2);

    /// <summary>Since when the oldest erasure that is not finished is due.</summary>
    public static string OldestDue => "SELECT min(due_at) FROM crm.erasure WHERE finished_at IS NULL AND due_at <= now()";

    public static string WorkQuery => "SELECT FROM crm.erasure WHERE finished_at IS NULL AND due_at <= now()";

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var finished = false;
        foreach (var due in await store.TakeDueAsync(s_retryPause, ct))
        {
            finished |= await TryAsync(due, ct);
        }

        return finished;
    }

    // One account's trouble is not that of the others.
    private async Task<bool> TryAsync(DueErasure due, CancellationToken ct)
    {
        try
        {
            return await erasure.RunAsync(due, ct);
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            logger.ErasurePutOff(e, due.ContactId, due.Account);
            return false;
        }
    }
}
