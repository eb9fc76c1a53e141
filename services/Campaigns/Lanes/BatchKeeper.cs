using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Renews the leases of the batches that this process sends, and settles the batches of stopped senders.</summary>
internal sealed class BatchKeeper(
    BatchStore batches, HeldBatchRegistry held, Journals journals, DeliveryOptions options, ILogger<BatchKeeper> logger)
    : PollingService(Shorter(options.BatchLease / 4, options.PollInterval * 4), logger)
{
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        // Its own first: after an outage of the database they must not be taken for abandoned.
        var lost = held.Batches.Count > 0 ? await batches.RenewAsync(held.Batches, ct) : [];
        // A batch that was given back meanwhile is no longer held, and nobody took it away.
        if (lost.Intersect(held.Batches).Count() is > 0 and var count)
        {
            logger.BatchesLost(count);
        }

        if (await batches.HasAbandonedAsync(ct))
        {
            // What the journals of this machine know comes first, however long the process was away: else everything that had departed would be unknown.
            await journals.ReplayAsync(ct);
            if (await batches.RecoverAsync(ct) is > 0 and var recovered)
            {
                logger.BatchesRecovered(recovered);
            }
        }

        return false;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
