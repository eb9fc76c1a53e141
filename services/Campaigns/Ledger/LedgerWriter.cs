using Crm.Activity.V1;
using Crm.Common.V1;
using Npgsql;
using TagSegments.Campaigns.Activities;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// Writes what the lanes do, many lanes in one transaction: the outcomes of their last messages together with the departure of their next
/// ones. A lane waits for both, so what departed is in the ledger before it is handed over.
/// </summary>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int MaxSteps = 100;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromMilliseconds(500);
    private readonly NpgsqlDataSource _database;
    private readonly Batcher<Step, IReadOnlySet<Claim>> _batcher;

    public LedgerWriter(NpgsqlDataSource database)
    {
        _database = database;
        _batcher = new(MaxSteps, (steps, ct) => TransactionRetry.RunAsync(() => WriteAsync(steps, ct), ct));
    }

    /// <summary>
    /// Stores outcomes and takes leave for the next messages. Returns those that may leave; the others were taken back, their campaign was
    /// stopped, or their address was suppressed meanwhile. While the database is away it waits: what is known of a message must not get lost.
    /// </summary>
    public async Task<IReadOnlySet<Claim>> StepAsync(IReadOnlyList<Outcome> outcomes, IReadOnlyList<Claim> next, CancellationToken stopping)
    {
        while (outcomes.Count + next.Count > 0)
        {
            try
            {
                return await _batcher.AddAsync(new Step(outcomes, next), CancellationToken.None);
            }
            catch (NpgsqlException e) when (IsAway(e) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(s_retryPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return new HashSet<Claim>();
    }

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private static bool IsAway(NpgsqlException e) => e.IsTransient || e.InnerException is IOException or TimeoutException;

    private async Task<IReadOnlyList<IReadOnlySet<Claim>>> WriteAsync(IReadOnlyList<Step> steps, CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var left = await Departures.DepartAsync(tx, [.. steps.SelectMany(s => s.Next)], ct);
        var stored = await Outcomes.StoreAsync(tx, [.. steps.SelectMany(s => s.Outcomes)], ct);
        foreach (var account in stored.Where(s => s.State == (short)State.Accepted).GroupBy(s => s.AccountId).OrderBy(g => g.Key))
        {
            await ActivityRecorder.RecordAsync(tx, account.Key, [.. account.Select(ToSent)], ct);
        }

        await tx.CommitAsync(ct);
        CampaignMetrics.Count(stored);
        return [.. steps.Select(step => step.Next.Where(claim => left.Contains((claim.AccountId, claim.CampaignId, claim.ContactId))).ToHashSet())];
    }

    private static ActivityEvent ToSent(Stored stored) =>
        new(stored.ContactId, Activity.Types.Kind.Sent, (Channel)stored.Channel, stored.At) { CampaignId = stored.CountsFor };

    private sealed record Step(IReadOnlyList<Outcome> Outcomes, IReadOnlyList<Claim> Next);
}
