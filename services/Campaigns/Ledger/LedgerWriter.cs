using Crm.Activity.V1;
using Crm.Common.V1;
using Npgsql;
using TagSegments.Campaigns.Activities;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// Writes for many lanes in one transaction: the outcomes of their last messages together with the departure of their next ones. A lane waits for
/// both, so a departure is in the ledger before the message is handed over.
/// </summary>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int MaxWrites = 100;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromMilliseconds(500);
    private readonly NpgsqlDataSource _database;
    private readonly Coalescer<LaneWrite, IReadOnlySet<BatchRecipient>> _writes;

    public LedgerWriter(NpgsqlDataSource database)
    {
        _database = database;
        _writes = new(
            writes => TransactionRetry.RunAsync(() => WriteTogetherAsync(writes, CancellationToken.None), CancellationToken.None), MaxWrites);
    }

    /// <summary>
    /// Stores outcomes and marks the next messages as departing. Returns the recipients whose message may be handed over; the batch of the others was
    /// taken back, their campaign was stopped, or their address was suppressed meanwhile. While the database is down it waits: known outcomes must
    /// not get lost.
    /// </summary>
    public async Task<IReadOnlySet<BatchRecipient>> WriteAsync(
        IReadOnlyList<Outcome> outcomes, IReadOnlyList<BatchRecipient> departing, CancellationToken stopping)
    {
        while (outcomes.Count + departing.Count > 0)
        {
            try
            {
                return await _writes.RunAsync(new LaneWrite(outcomes, departing), CancellationToken.None);
            }
            catch (NpgsqlException e) when (IsAway(e) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(s_retryPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return new HashSet<BatchRecipient>();
    }

    public ValueTask DisposeAsync() => _writes.DisposeAsync();

    private static bool IsAway(NpgsqlException e) => e.IsTransient || e.InnerException is IOException or TimeoutException;

    private async Task WriteTogetherAsync(IReadOnlyList<LaneWrite> writes, CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var departed = await LedgerDepartures.DepartAsync(tx, [.. writes.SelectMany(write => write.Departing)], ct);
        var stored = await LedgerOutcomes.StoreAsync(tx, [.. writes.SelectMany(write => write.Outcomes)], ct);
        foreach (var account in stored.Where(s => s.State == (short)State.Accepted).GroupBy(s => s.AccountId).OrderBy(g => g.Key))
        {
            await ActivityRecorder.RecordAsync(tx, account.Key, [.. account.Select(ToSent)], ct);
        }

        await tx.CommitAsync(ct);
        CampaignMetrics.Count(stored);
        foreach (var write in writes)
        {
            write.Complete(write.Departing.Where(r => departed.Contains((r.AccountId, r.CampaignId, r.ContactId))).ToHashSet());
        }
    }

    private static ActivityEvent ToSent(StoredOutcome stored) =>
        new(stored.ContactId, Activity.Types.Kind.Sent, (Channel)stored.Channel, stored.At) { CampaignId = stored.CountsFor };

    private sealed class LaneWrite(IReadOnlyList<Outcome> outcomes, IReadOnlyList<BatchRecipient> departing)
        : PendingCall<IReadOnlySet<BatchRecipient>>
    {
        public IReadOnlyList<Outcome> Outcomes => outcomes;

        public IReadOnlyList<BatchRecipient> Departing => departing;
    }
}
