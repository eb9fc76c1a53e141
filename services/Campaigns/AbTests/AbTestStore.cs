using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.AbTests;

/// <summary>A/B tests in the database.</summary>
internal sealed class AbTestStore(AccountDatabase database, WorkDatabase work)
{
    private const string ReleaseRest =
        $"""
        UPDATE campaigns.batch b
        SET due_at = now()
        FROM decided
        WHERE b.account_id = decided.account_id AND b.campaign_id = decided.campaign_id AND b.part = {BatchParts.Rest} AND b.due_at = 'infinity'
        """;

    /// <summary>Starts the clock of tests whose messages were all tried. A test without participants need not wait.</summary>
    public async Task<int> StartClocksAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign c
            SET ab_decide_at = now() + CASE
                WHEN EXISTS (SELECT FROM campaigns.recipient r
                             WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.variant > 0
                               AND r.state <> {RecipientStates.Skipped})
                THEN make_interval(secs => rtrim(ab_test->>'decideAfter', 's')::float8) ELSE interval '0' END
            WHERE state = {CampaignStates.Sending} AND ab_test IS NOT NULL AND ab_winner = 0 AND ab_decide_at IS NULL
              AND ab_test->>'rule' <> 'RULE_MANUAL' AND (ab_test->>'percent')::int < 100
              -- Batches that are being sent show it at once; of those put off their messages do.
              AND CASE
                WHEN EXISTS (SELECT FROM campaigns.batch b
                             WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id AND b.part = {BatchParts.Tested}
                               AND (b.lease_until IS NOT NULL OR b.due_at <= now()))
                THEN false
                ELSE NOT EXISTS (SELECT FROM campaigns.batch b
                                 JOIN campaigns.recipient r ON {BatchStore.Members}
                                 WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id AND b.part = {BatchParts.Tested}
                                   AND r.state = {RecipientStates.Pending})
              END
            """;
        await using var connection = await work.OpenAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
    }

    /// <summary>Lists the tests whose winner is due.</summary>
    public async Task<List<DueTest>> DueAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT account_id, campaign_id, ab_test
            FROM campaigns.campaign
            WHERE state = {CampaignStates.Sending} AND ab_test IS NOT NULL AND ab_winner = 0 AND ab_decide_at <= now()
            """;
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<DueTest>(new CommandDefinition(sql, cancellationToken: ct))).AsList();
    }

    /// <summary>Stores the winner and releases the rest, unless there is a winner already or the campaign is not being sent.</summary>
    public async Task<bool> DecideAsync(DueTest test, int winner, string decision, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH decided AS (
                UPDATE campaigns.campaign
                SET ab_winner = @winner, ab_decision = @decision, version = version + 1, updated_at = now()
                WHERE account_id = @AccountId AND campaign_id = @CampaignId AND state = {CampaignStates.Sending} AND ab_winner = 0
                RETURNING account_id, campaign_id
            ), rest AS (
                {ReleaseRest}
            )
            SELECT count(*)::int FROM decided
            """;
        await using var connection = await database.OpenAsync(test.AccountId, ct);
        var parameters = new { test.AccountId, test.CampaignId, winner = (short)winner, decision };
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0;
    }

    /// <summary>Stores the winner that a caller chose and releases the rest, in a campaign that the caller has locked.</summary>
    public static Task ChooseAsync(NpgsqlTransaction tx, int accountId, Guid campaignId, int winner, string decision, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH decided AS (
                UPDATE campaigns.campaign
                SET ab_winner = @winner, ab_decision = @decision, version = version + 1, updated_at = now()
                WHERE account_id = @accountId AND campaign_id = @campaignId
                RETURNING account_id, campaign_id
            )
            {ReleaseRest}
            """;
        var parameters = new { accountId, campaignId, winner = (short)winner, decision };
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>Counts the outcomes of each variant; 0 is the rest of the audience.</summary>
    public async Task<List<VariantCounts>> CountAsync(int accountId, Guid campaignId, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH did AS (
                SELECT {ActivityKinds.Recipient} AS contact_id, bool_or(kind = {ActivityKinds.Opened} AND NOT machine) AS opened,
                    bool_or(kind = {ActivityKinds.Clicked} AND NOT machine) AS clicked, bool_or(kind = {ActivityKinds.Bounced}) AS bounced,
                    bool_or(bounce = {BounceClasses.Hard}) AS hard_bounced, bool_or(bounce = {BounceClasses.Soft}) AS soft_bounced,
                    bool_or(kind = {ActivityKinds.Unsubscribed}) AS unsubscribed
                FROM campaigns.activity
                WHERE account_id = @accountId AND campaign_id = @campaignId
                  AND kind IN ({ActivityKinds.Opened}, {ActivityKinds.Clicked}, {ActivityKinds.Bounced}, {ActivityKinds.Unsubscribed})
                GROUP BY 1
            )
            SELECT r.variant::int, count(*)::int AS accepted, (count(*) FILTER (WHERE d.opened))::int AS opened,
                (count(*) FILTER (WHERE d.clicked))::int AS clicked, (count(*) FILTER (WHERE d.bounced))::int AS bounced,
                (count(*) FILTER (WHERE d.hard_bounced))::int AS hard_bounced, (count(*) FILTER (WHERE d.soft_bounced))::int AS soft_bounced,
                (count(*) FILTER (WHERE d.unsubscribed))::int AS unsubscribed
            FROM campaigns.recipient r
            LEFT JOIN did d USING (contact_id)
            WHERE r.account_id = @accountId AND r.campaign_id = @campaignId AND r.state = {RecipientStates.Accepted}
            GROUP BY r.variant
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<VariantCounts>(
            new CommandDefinition(sql, new { accountId, campaignId }, cancellationToken: ct))).AsList();
    }
}

/// <summary>A test whose winner is due.</summary>
internal sealed record DueTest(int AccountId, Guid CampaignId, string AbTest);

/// <summary>The outcomes of the messages of one variant.</summary>
internal sealed record VariantCounts(int Variant, int Accepted, int Opened, int Clicked, int Bounced, int HardBounced, int SoftBounced, int Unsubscribed)
{
    public VariantStatistics ToStatistics(string name) => new()
    {
        Variant = name,
        Rest = Variant == 0,
        Accepted = Accepted,
        Opened = Opened,
        Clicked = Clicked,
        Bounced = Bounced,
        HardBounced = HardBounced,
        SoftBounced = SoftBounced,
        Unsubscribed = Unsubscribed,
    };
}
