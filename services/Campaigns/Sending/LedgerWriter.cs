using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// Writes what the senders do, many senders in one transaction. A sender stores the outcome of its last message together with the
/// departure of its next, and waits for both: so it never has more than one message under way whose outcome is not stored.
/// </summary>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int MaxSteps = 500;
    private static readonly TimeSpan s_retryPause = TimeSpan.FromMilliseconds(500);
    private readonly NpgsqlDataSource _database;
    private readonly DeliveryOptions _options;
    private readonly Batcher<(Outcome? Outcome, Claim? Next), bool> _batcher;

    public LedgerWriter(NpgsqlDataSource database, DeliveryOptions options)
    {
        (_database, _options) = (database, options);
        _batcher = new(MaxSteps, (steps, ct) => Deadlocks.RetryAsync(() => WriteAsync(steps, ct)));
    }

    /// <summary>
    /// Stores an outcome and takes leave for the next message. False if that message may not leave: it was taken back, its campaign was
    /// stopped, or its address was suppressed meanwhile. While the database is away it waits: what is known of a message must not get lost.
    /// </summary>
    public async Task<bool> StepAsync(Outcome? outcome, Claim? next, CancellationToken stopping)
    {
        while (outcome is not null || next is not null)
        {
            try
            {
                return await _batcher.AddAsync((outcome, next), CancellationToken.None);
            }
            catch (NpgsqlException e) when (IsAway(e) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(s_retryPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return false;
    }

    private static bool IsAway(NpgsqlException e) => e.IsTransient || e.InnerException is IOException or TimeoutException;

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    /// <summary>The keys and fences of claims as columns.</summary>
    public static DynamicParameters Keys(IEnumerable<Claim> claims)
    {
        var list = claims.ToList();
        var parameters = new DynamicParameters();
        parameters.Add("accounts", list.Select(c => c.AccountId).ToArray());
        parameters.Add("campaigns", list.Select(c => c.CampaignId).ToArray());
        parameters.Add("contacts", list.Select(c => c.ContactId).ToArray());
        parameters.Add("fences", list.Select(c => c.Fence).ToArray());
        return parameters;
    }

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<(Outcome? Outcome, Claim? Next)> steps, CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var left = await DepartAsync(tx, [.. steps.Select(s => s.Next).OfType<Claim>()], ct);
        var accepted = await StoreAsync(tx, [.. steps.Select(s => s.Outcome).OfType<Outcome>()], ct);
        foreach (var account in accepted.GroupBy(a => a.AccountId).OrderBy(g => g.Key))
        {
            await ActivityRecorder.RecordAsync(tx, account.Key, [.. account.Select(ToSent)], ct);
        }

        await tx.CommitAsync(ct);
        return [.. steps.Select(s => s.Next is { } next && left.Contains((next.AccountId, next.CampaignId, next.ContactId)))];
    }

    // The check of the suppression list alone would let a message slip past an unsubscribe that commits at the same moment; that is why an
    // unsubscribe also changes the rows of its address, and waits for this transaction if need be.
    private async Task<HashSet<(int, Guid, int)>> DepartAsync(NpgsqlTransaction tx, List<Claim> claims, CancellationToken ct)
    {
        if (claims.Count == 0)
        {
            return [];
        }

        var parameters = Keys(claims);
        parameters.Add("lease", _options.SendingLease.TotalSeconds);
        var rows = await tx.Connection!.QueryAsync<(int, Guid, int, bool)>(new CommandDefinition(
            """
            UPDATE campaigns.recipient r
            SET state = CASE WHEN s.suppressed THEN 7 ELSE 3 END,
                reason = CASE WHEN s.suppressed THEN 5 ELSE 0 END,
                attempts = r.attempts + CASE WHEN s.suppressed THEN 0 ELSE 1 END,
                lease_until = now() + make_interval(secs => @lease), updated_at = now()
            FROM unnest(@accounts, @campaigns, @contacts, @fences) AS c (account_id, campaign_id, contact_id, fence)
            JOIN campaigns.recipient own USING (account_id, campaign_id, contact_id)
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT FROM campaigns.suppression
                WHERE account_id = own.account_id AND channel = own.channel AND address_key = own.address_key) AS suppressed) s
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id AND r.fence = c.fence
              AND r.state = 2 AND r.lease_until > now()
              AND (r.single OR EXISTS (
                SELECT FROM campaigns.campaign k WHERE k.account_id = c.account_id AND k.campaign_id = c.campaign_id AND k.state = 4))
            RETURNING r.account_id, r.campaign_id, r.contact_id, r.state = 3
            """,
            parameters,
            tx,
            cancellationToken: ct));
        return [.. rows.Where(row => row.Item4).Select(row => (row.Item1, row.Item2, row.Item3))];
    }

    private static async Task<List<Accepted>> StoreAsync(NpgsqlTransaction tx, List<Outcome> outcomes, CancellationToken ct)
    {
        if (outcomes.Count == 0)
        {
            return [];
        }

        var parameters = Keys(outcomes.Select(o => o.Claim));
        parameters.Add("states", outcomes.Select(o => (short)o.State).ToArray());
        parameters.Add("reasons", outcomes.Select(o => (short)o.Reason).ToArray());
        parameters.Add("details", outcomes.Select(o => o.Detail).ToArray());
        parameters.Add("delays", outcomes.Select(o => o.RetryAfter.TotalSeconds).ToArray());
        var rows = await tx.Connection!.QueryAsync<Accepted>(new CommandDefinition(
            """
            UPDATE campaigns.recipient r
            SET state = o.state, reason = o.reason, detail = o.detail, lease_until = NULL, updated_at = now(),
                due_at = CASE WHEN o.state = 6 THEN now() + make_interval(secs => o.delay) ELSE r.due_at END,
                accepted_at = CASE WHEN o.state = 4 THEN now() END
            FROM unnest(@accounts, @campaigns, @contacts, @fences, @states, @reasons, @details, @delays)
                AS o (account_id, campaign_id, contact_id, fence, state, reason, detail, delay)
            LEFT JOIN campaigns.single_message m ON m.account_id = o.account_id AND m.message_id = o.campaign_id
            WHERE r.account_id = o.account_id AND r.campaign_id = o.campaign_id AND r.contact_id = o.contact_id AND r.fence = o.fence
              AND r.state IN (2, 3)
            RETURNING r.account_id, CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END AS campaign_id, r.contact_id, r.channel,
                r.state, now() AS at
            """,
            parameters,
            tx,
            cancellationToken: ct));
        return [.. rows.Where(row => row.State == (short)State.Accepted)];
    }

    private static ActivityEvent ToSent(Accepted accepted) =>
        new(accepted.ContactId, Activity.Types.Kind.Sent, (Channel)accepted.Channel, accepted.At) { CampaignId = accepted.CampaignId };

    private sealed record Accepted(int AccountId, Guid? CampaignId, int ContactId, short Channel, short State, DateTime At);
}
