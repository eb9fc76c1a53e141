using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.AbTests;

/// <summary>A/B tests in the database.</summary>
internal sealed class AbTestStore(NpgsqlDataSource database)
{
    /// <summary>Starts the clock of tests whose messages were all tried. One in which nobody takes part need not wait.</summary>
    public async Task<int> StartClocksAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(
            $"""
            UPDATE campaigns.campaign c
            SET ab_decide_at = now() + CASE
                WHEN EXISTS (SELECT FROM campaigns.recipient r
                             WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.variant > 0 AND r.state <> 7)
                THEN make_interval(secs => rtrim(ab_test->>'decideAfter', 's')::float8) ELSE interval '0' END
            WHERE state = 4 AND ab_test IS NOT NULL AND ab_winner = 0 AND ab_decide_at IS NULL
              AND ab_test->>'rule' <> 'RULE_MANUAL' AND (ab_test->>'percent')::int < 100
              -- Batches that are being sent tell it at once; of those put off their messages do.
              AND CASE
                WHEN EXISTS (SELECT FROM campaigns.batch b
                             WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id AND b.part = 1
                               AND (b.lease_until IS NOT NULL OR b.due_at <= now()))
                THEN false
                ELSE NOT EXISTS (SELECT FROM campaigns.batch b
                                 JOIN campaigns.recipient r ON {Batches.Members}
                                 WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id AND b.part = 1 AND r.state = 1)
              END
            """,
            cancellationToken: ct));
    }

    /// <summary>Lists the tests whose winner is to be chosen now.</summary>
    public async Task<List<DueTest>> DueAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<DueTest>(new CommandDefinition(
            """
            SELECT account_id, campaign_id, ab_test
            FROM campaigns.campaign
            WHERE state = 4 AND ab_test IS NOT NULL AND ab_winner = 0 AND ab_decide_at <= now()
            """,
            cancellationToken: ct))).AsList();
    }

    /// <summary>Stores the winner and lets the rest go, unless there is a winner already or the campaign is not being sent.</summary>
    public async Task<bool> DecideAsync(DueTest test, int winner, string decision, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            $"""
            WITH decided AS (
                UPDATE campaigns.campaign
                SET ab_winner = @winner, ab_decision = @decision, version = version + 1, updated_at = now()
                WHERE account_id = @AccountId AND campaign_id = @CampaignId AND state = 4 AND ab_winner = 0
                RETURNING account_id, campaign_id
            ), rest AS (
                {LetGo}
            )
            SELECT count(*)::int FROM decided
            """,
            new { test.AccountId, test.CampaignId, winner = (short)winner, decision },
            cancellationToken: ct)) > 0;
    }

    private const string LetGo =
        """
        UPDATE campaigns.batch b
        SET due_at = now()
        FROM decided
        WHERE b.account_id = decided.account_id AND b.campaign_id = decided.campaign_id AND b.part = 2 AND b.due_at = 'infinity'
        """;

    /// <summary>Stores the winner that somebody chose, in a campaign that the caller has locked.</summary>
    public static Task<CampaignRow> ChooseAsync(NpgsqlTransaction tx, CampaignRow row, int winner, string decision, CancellationToken ct) =>
        tx.Connection!.QuerySingleAsync<CampaignRow>(new CommandDefinition(
            $"""
            WITH decided AS (
                UPDATE campaigns.campaign
                SET ab_winner = @winner, ab_decision = @decision, version = version + 1, updated_at = now()
                WHERE account_id = @AccountId AND campaign_id = @CampaignId
                RETURNING {CampaignRow.Columns}
            ), rest AS (
                {LetGo}
            )
            SELECT {CampaignRow.Columns} FROM decided
            """,
            new { row.AccountId, row.CampaignId, winner = (short)winner, decision },
            tx,
            cancellationToken: ct));

    /// <summary>Counts what became of each variant; 0 is the rest of the audience.</summary>
    public async Task<List<VariantCounts>> CountAsync(int accountId, Guid campaignId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<VariantCounts>(new CommandDefinition(
            """
            WITH did AS (
                SELECT contact_id, bool_or(kind = 3 AND NOT machine) AS opened, bool_or(kind = 4 AND NOT machine) AS clicked,
                    bool_or(kind = 5) AS bounced, bool_or(kind = 7) AS unsubscribed
                FROM campaigns.activity
                WHERE account_id = @accountId AND campaign_id = @campaignId AND kind IN (3, 4, 5, 7)
                GROUP BY contact_id
            )
            SELECT r.variant::int, count(*)::int AS accepted, (count(*) FILTER (WHERE d.opened))::int AS opened,
                (count(*) FILTER (WHERE d.clicked))::int AS clicked, (count(*) FILTER (WHERE d.bounced))::int AS bounced,
                (count(*) FILTER (WHERE d.unsubscribed))::int AS unsubscribed
            FROM campaigns.recipient r
            LEFT JOIN did d USING (contact_id)
            WHERE r.account_id = @accountId AND r.campaign_id = @campaignId AND r.state = 4
            GROUP BY r.variant
            """,
            new { accountId, campaignId },
            cancellationToken: ct))).AsList();
    }
}

/// <summary>A test whose winner is to be chosen.</summary>
internal sealed record DueTest(int AccountId, Guid CampaignId, string AbTest);

/// <summary>What became of the messages of one variant.</summary>
internal sealed record VariantCounts(int Variant, int Accepted, int Opened, int Clicked, int Bounced, int Unsubscribed)
{
    public VariantStatistics ToStatistics(string name) => new()
    {
        Variant = name,
        Rest = Variant == 0,
        Accepted = Accepted,
        Opened = Opened,
        Clicked = Clicked,
        Bounced = Bounced,
        Unsubscribed = Unsubscribed,
    };
}
