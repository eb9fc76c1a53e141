using Crm.Activity.V1;
using Crm.Common.V1;
using Npgsql;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Delivery;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// Writes for many lanes of an account in one transaction: the outcomes of their last messages together with the departure of their next ones. A lane
/// waits for both, so a departure is in the ledger before the message is handed over.
/// </summary>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int MaxWrites = 100;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromMilliseconds(500);
    private readonly AccountDatabase _database;
    private readonly DeliveryOptions _options;
    private readonly AccountCoalescers<LaneWrite, IReadOnlySet<BatchRecipient>> _writes;

    public LedgerWriter(AccountDatabase database, DeliveryOptions options)
    {
        (_database, _options) = (database, options);
        _writes = new(accountId => new(
            writes => TransactionRetry.RunAsync(() => WriteTogetherAsync(accountId, writes, CancellationToken.None), CancellationToken.None),
            MaxWrites)
        {
            Span = ("campaigns.ledger", accountId),
        });
    }

    /// <summary>
    /// Stores outcomes and marks the next messages as departing. Returns the recipients whose message may be handed over; the batch of the others was
    /// taken back, their campaign was stopped, or their address was suppressed meanwhile. While the database is down it waits: known outcomes must
    /// not get lost.
    /// </summary>
    public async Task<IReadOnlySet<BatchRecipient>> WriteAsync(
        IReadOnlyList<Outcome> outcomes, IReadOnlyList<BatchRecipient> departing, CancellationToken stopping)
    {
        var outcomesOf = outcomes.ToLookup(outcome => outcome.Recipient.AccountId);
        var departingOf = departing.ToLookup(recipient => recipient.AccountId);
        var accountIds = outcomesOf.Select(account => account.Key).Union(departingOf.Select(account => account.Key));
        var granted = await Task.WhenAll(
            accountIds.Select(accountId => WriteAsync(accountId, [.. outcomesOf[accountId]], [.. departingOf[accountId]], stopping)));
        return granted.SelectMany(recipients => recipients).ToHashSet();
    }

    public ValueTask DisposeAsync() => _writes.DisposeAsync();

    private async Task<IReadOnlySet<BatchRecipient>> WriteAsync(
        int accountId, IReadOnlyList<Outcome> outcomes, IReadOnlyList<BatchRecipient> departing, CancellationToken stopping)
    {
        do
        {
            try
            {
                return await _writes.RunAsync(accountId, new LaneWrite(outcomes, departing), CancellationToken.None);
            }
            catch (NpgsqlException e) when (DatabaseErrors.MayPass(e) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(s_retryPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        while (true);
    }

    private async Task WriteTogetherAsync(int accountId, IReadOnlyList<LaneWrite> writes, CancellationToken ct)
    {
        await using var connection = await _database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var departed = await LedgerDepartures.DepartAsync(tx, [.. writes.SelectMany(write => write.Departing)], ct);
        var outcomes = writes.SelectMany(write => write.Outcomes).ToList();
        var stored = await LedgerOutcomes.StoreAsync(tx, outcomes, ct);
        var notTaken = outcomes.FindAll(outcome => outcome.State is State.Pending or State.Deferred);
        if (notTaken.Count > stored.Count(s => (State)s.State is State.Pending or State.Deferred))
        {
            await CampaignLedger.GiveBackAsync(tx, notTaken.Select(outcome => outcome.Recipient), _options.LateLimit, ct);
        }

        var accepted = stored.Where(s => s.State == (short)State.Accepted && s.IsToContact).Select(ToSent).ToList();
        if (accepted.Count > 0)
        {
            await ActivityRecorder.RecordAsync(tx, accountId, accepted, ct);
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
