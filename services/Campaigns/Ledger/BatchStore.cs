using Dapper;
using Npgsql;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Ledger;

/// <summary>
/// The batches in which recipients are handed to senders. The holder of a batch's lease sends it. When the lease ends, another sender may, with
/// a higher fence; messages that were being handed over then are unknown.
/// </summary>
internal sealed class BatchStore(AccountDatabase database, WorkDatabase work, DeliveryOptions options)
{
    /// <summary>How many recipients a batch has at most.</summary>
    public const int Size = 500;

    /// <summary>The recipients of a batch <c>b</c>, as a condition on <c>r</c>.</summary>
    public const string Members =
        $"""
        r.account_id = b.account_id AND r.campaign_id = b.campaign_id AND r.contact_id BETWEEN b.first_contact AND b.last_contact
          AND (b.part = {BatchParts.Everyone} OR (b.part = {BatchParts.Tested}) = (r.variant > 0))
        """;

    private const string Columns = "b.account_id, b.campaign_id, b.batch_id, b.first_contact, b.last_contact, b.part, b.fence";

    private const string Unnested =
        """
        unnest(@accounts, @campaigns, @ids, @firsts, @lasts, @parts, @fences)
            AS b (account_id, campaign_id, batch_id, first_contact, last_contact, part, fence)
        """;

    // Just after the start of the database, every sender gets time to renew.
    private const string IsAbandoned = "lease_until < now() AND pg_postmaster_start_time() < now() - make_interval(secs => @grace)";

    /// <summary>Takes a due batch of a sending campaign, if the campaign is unchanged since it was read. Replicas never take the same one.</summary>
    public async Task<List<Batch>> ClaimAsync(int accountId, Guid campaignId, int version, Guid holder, CancellationToken ct)
    {
        const string sql =
            $"""
            -- Materialized: joined as a plain subquery it could run again for each row, and claim far more than the limit.
            WITH due AS MATERIALIZED (
                SELECT batch_id
                FROM campaigns.batch
                WHERE account_id = @accountId AND campaign_id = @campaignId AND lease_until IS NULL AND due_at <= now()
                ORDER BY due_at, batch_id
                LIMIT 1
                FOR UPDATE SKIP LOCKED
            )
            UPDATE campaigns.batch b
            SET fence = fence + 1, lease_until = now() + make_interval(secs => @lease), holder = @holder
            FROM due
            WHERE b.account_id = @accountId AND b.campaign_id = @campaignId AND b.batch_id = due.batch_id
              AND EXISTS (
                SELECT FROM campaigns.campaign
                WHERE account_id = @accountId AND campaign_id = @campaignId AND state = {CampaignStates.Sending} AND version = @version)
            RETURNING {Columns}
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, campaignId, version, holder, lease = options.BatchLease.TotalSeconds };
        return (await connection.QueryAsync<Batch>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// Takes single messages that are due, but for those of deleted accounts (<paramref name="closed"/>): the oldest of each account, then the next
    /// ones.
    /// </summary>
    public async Task<List<Batch>> ClaimSinglesAsync(int limit, Guid holder, int[] closed, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH RECURSIVE waiting AS (
                (SELECT account_id FROM campaigns.batch WHERE single AND lease_until IS NULL ORDER BY account_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT b.account_id
                    FROM campaigns.batch b
                    WHERE b.single AND b.lease_until IS NULL AND b.account_id > w.account_id
                    ORDER BY b.account_id
                    LIMIT 1)
                FROM waiting w
                WHERE w.account_id IS NOT NULL
            ), turns AS (
                SELECT b.*, row_number() OVER (PARTITION BY b.account_id ORDER BY b.due_at) AS turn
                FROM waiting w
                CROSS JOIN LATERAL (
                    SELECT account_id, campaign_id, batch_id, due_at
                    FROM campaigns.batch
                    WHERE account_id = w.account_id AND single AND lease_until IS NULL AND due_at <= now()
                    ORDER BY due_at
                    LIMIT @limit) b
                WHERE w.account_id <> ALL (@closed)
            ), due AS MATERIALIZED (
                SELECT b.account_id, b.campaign_id, b.batch_id
                FROM turns t
                JOIN campaigns.batch b USING (account_id, campaign_id, batch_id)
                WHERE b.lease_until IS NULL
                ORDER BY t.turn, t.due_at
                LIMIT @limit
                FOR UPDATE OF b SKIP LOCKED
            )
            UPDATE campaigns.batch b
            SET fence = fence + 1, lease_until = now() + make_interval(secs => @lease), holder = @holder
            FROM due
            WHERE b.account_id = due.account_id AND b.campaign_id = due.campaign_id AND b.batch_id = due.batch_id
            RETURNING {Columns}
            """;
        await using var connection = await work.OpenAsync(ct);
        var parameters = new { limit, holder, closed, lease = options.BatchLease.TotalSeconds };
        return (await connection.QueryAsync<Batch>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
    }

    /// <summary>Reads the due recipients of batches.</summary>
    public async Task<List<BatchRecipient>> ReadAsync(IReadOnlyList<Batch> batches, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT r.account_id, r.campaign_id, r.contact_id, r.channel, r.address, b.batch_id, b.fence, r.attempts, r.variant,
                r.state = {RecipientStates.Pending} AND r.due_at IS NOT NULL AS has_slot
            FROM {Unnested}
            JOIN campaigns.recipient r ON {Members}
            WHERE r.state IN {RecipientStates.Waiting} AND (r.due_at IS NULL OR r.due_at <= now())
            ORDER BY r.account_id, r.campaign_id, r.contact_id
            """;
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<BatchRecipient>(new CommandDefinition(sql, Parameters(batches), cancellationToken: ct))).AsList();
    }

    /// <summary>Gives batches back: a batch ends when all its messages have ended, or is due when the next of them is.</summary>
    public async Task CloseAsync(IReadOnlyList<Batch> batches, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH waiting AS MATERIALIZED (
                SELECT b.account_id, b.campaign_id, b.batch_id, b.fence, count(r.contact_id) AS messages, min(COALESCE(r.due_at, now())) AS due
                FROM {Unnested}
                LEFT JOIN campaigns.recipient r ON {Members} AND r.state IN {RecipientStates.Unfinished}
                GROUP BY b.account_id, b.campaign_id, b.batch_id, b.fence
            ), ended AS (
                DELETE FROM campaigns.batch d
                USING waiting w
                WHERE d.account_id = w.account_id AND d.campaign_id = w.campaign_id AND d.batch_id = w.batch_id AND d.fence = w.fence
                  AND w.messages = 0
            )
            UPDATE campaigns.batch d
            SET lease_until = NULL, due_at = w.due
            FROM waiting w
            WHERE d.account_id = w.account_id AND d.campaign_id = w.campaign_id AND d.batch_id = w.batch_id AND d.fence = w.fence
              AND w.messages > 0
            """;
        await using var connection = await work.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(batches), cancellationToken: ct));
    }

    /// <summary>Prolongs the leases of batches; returns the batches that this process has lost.</summary>
    public async Task<List<Batch>> RenewAsync(IReadOnlyList<Batch> batches, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.batch d
            SET lease_until = now() + make_interval(secs => @lease)
            FROM {Unnested}
            WHERE d.account_id = b.account_id AND d.campaign_id = b.campaign_id AND d.batch_id = b.batch_id AND d.fence = b.fence
              AND d.lease_until IS NOT NULL
            RETURNING d.account_id, d.campaign_id, d.batch_id
            """;
        await using var connection = await work.OpenAsync(ct);
        var renewed = (await connection.QueryAsync<(int, Guid, int)>(
            new CommandDefinition(sql, Parameters(batches), cancellationToken: ct))).ToHashSet();
        return [.. batches.Where(b => !renewed.Contains((b.AccountId, b.CampaignId, b.BatchId)))];
    }

    /// <summary>Ends the leases of a process that has ended.</summary>
    public async Task EndLeasesAsync(Guid holder, CancellationToken ct)
    {
        const string sql = "UPDATE campaigns.batch SET lease_until = now() WHERE lease_until > now() AND holder = @holder";
        await using var connection = await work.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { holder }, cancellationToken: ct));
    }

    /// <summary>Whether there are batches of senders whose lease has ended.</summary>
    public async Task<bool> HasAbandonedAsync(CancellationToken ct)
    {
        const string sql = $"SELECT EXISTS (SELECT FROM campaigns.batch WHERE {IsAbandoned})";
        await using var connection = await work.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(sql, new { grace = options.RecoveryGrace.TotalSeconds }, cancellationToken: ct));
    }

    /// <summary>
    /// Settles the batches of senders whose lease has ended: the messages they were handing over are unknown, the others can be taken again.
    /// </summary>
    public async Task<int> RecoverAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            WITH b AS (
                UPDATE campaigns.batch
                SET lease_until = NULL, fence = fence + 1, due_at = now()
                WHERE {IsAbandoned}
                RETURNING *
            ), put_right AS (
                UPDATE campaigns.recipient r
                SET state = {RecipientStates.Unknown}, reason = {RecipientReasons.NoAnswer},
                    detail = 'The sender stopped before the answer was stored.', updated_at = now()
                FROM b
                WHERE {Members} AND r.state = {RecipientStates.Sending}
            )
            SELECT count(*)::int FROM b
            """;
        await using var connection = await work.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(sql, new { grace = options.RecoveryGrace.TotalSeconds }, cancellationToken: ct));
    }

    private DynamicParameters Parameters(IReadOnlyList<Batch> batches)
    {
        var parameters = new DynamicParameters();
        parameters.Add("accounts", batches.Select(b => b.AccountId).ToArray());
        parameters.Add("campaigns", batches.Select(b => b.CampaignId).ToArray());
        parameters.Add("ids", batches.Select(b => b.BatchId).ToArray());
        parameters.Add("firsts", batches.Select(b => b.FirstContact).ToArray());
        parameters.Add("lasts", batches.Select(b => b.LastContact).ToArray());
        parameters.Add("parts", batches.Select(b => b.Part).ToArray());
        parameters.Add("fences", batches.Select(b => b.Fence).ToArray());
        parameters.Add("lease", options.BatchLease.TotalSeconds);
        return parameters;
    }
}
