using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Reports;

/// <summary>Reads the ledger and the activity of a campaign.</summary>
internal sealed class CampaignResults(NpgsqlDataSource database)
{
    public const string RecipientColumns =
        "contact_id, address, state, reason, detail, attempts, updated_at, accepted_at, due_at, variant, consent, checked_at, checked_consent";

    /// <summary>Counts the ledger by state.</summary>
    public async Task<RecipientCounts> CountAsync(int accountId, Guid campaignId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<RecipientCounts>(new CommandDefinition(
            """
            SELECT count(*)::int AS total,
                (count(*) FILTER (WHERE state IN (1, 6)))::int AS pending,
                (count(*) FILTER (WHERE state = 3))::int AS sending,
                (count(*) FILTER (WHERE state = 4))::int AS accepted,
                (count(*) FILTER (WHERE state = 5))::int AS failed,
                (count(*) FILTER (WHERE state = 7))::int AS skipped,
                (count(*) FILTER (WHERE state = 8))::int AS unknown
            FROM campaigns.recipient
            WHERE account_id = @accountId AND campaign_id = @campaignId
            """,
            new { accountId, campaignId },
            cancellationToken: ct));
    }

    /// <summary>Counts reasons in the ledger and what recipients did.</summary>
    public async Task<GetCampaignStatisticsResponse> StatisticsAsync(int accountId, Guid campaignId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var statistics = await connection.QuerySingleAsync<GetCampaignStatisticsResponse>(new CommandDefinition(
            """
            SELECT (count(DISTINCT contact_id) FILTER (WHERE kind = 2))::int AS delivered,
                (count(DISTINCT contact_id) FILTER (WHERE kind = 3 AND NOT machine))::int AS opened,
                (count(*) FILTER (WHERE kind = 3))::int AS opens,
                (count(DISTINCT contact_id) FILTER (WHERE kind = 4 AND NOT machine))::int AS clicked,
                (count(*) FILTER (WHERE kind = 4))::int AS clicks,
                (count(DISTINCT contact_id) FILTER (WHERE kind = 5))::int AS bounced,
                (count(DISTINCT contact_id) FILTER (WHERE kind = 7))::int AS unsubscribed,
                (count(DISTINCT contact_id) FILTER (WHERE kind = 8))::int AS complained
            FROM campaigns.activity
            WHERE account_id = @accountId AND campaign_id = @campaignId
            """,
            new { accountId, campaignId },
            cancellationToken: ct));
        var reasons = await connection.QueryAsync<(short Reason, int Count)>(new CommandDefinition(
            """
            SELECT reason, count(*)::int
            FROM campaigns.recipient
            WHERE account_id = @accountId AND campaign_id = @campaignId AND reason <> 0
            GROUP BY reason
            ORDER BY reason
            """,
            new { accountId, campaignId },
            cancellationToken: ct));
        statistics.Reasons.Add(reasons.Select(r => new ReasonCount { Reason = (Recipient.Types.Reason)r.Reason, Count = r.Count }));
        statistics.Links.Add(await LinksAsync(connection, accountId, campaignId, ct));
        statistics.Hours.Add(await HoursAsync(connection, accountId, campaignId, ct));
        return statistics;
    }

    /// <summary>Lists what became of the messages of a campaign: contacts by kind of activity, each once; machines did not open or click.</summary>
    public async Task<List<(int ContactId, short Kind)>> OutcomesAsync(CampaignRow campaign, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<(int, short)>(new CommandDefinition(
            """
            SELECT contact_id, 1::smallint
            FROM campaigns.recipient
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND state = 4
            UNION
            SELECT contact_id, kind
            FROM campaigns.activity
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND kind <> 1 AND NOT (machine AND kind IN (3, 4))
            """,
            new { campaign.AccountId, campaign.CampaignId },
            cancellationToken: ct))).AsList();
    }

    private static Task<IEnumerable<LinkStatistics>> LinksAsync(
        NpgsqlConnection connection, int accountId, Guid campaignId, CancellationToken ct) =>
        connection.QueryAsync<LinkStatistics>(new CommandDefinition(
            """
            SELECT COALESCE(detail, '') AS url, (count(DISTINCT contact_id) FILTER (WHERE NOT machine))::int AS clicked, count(*)::int AS clicks
            FROM campaigns.activity
            WHERE account_id = @accountId AND campaign_id = @campaignId AND kind = 4
            GROUP BY detail
            ORDER BY clicks DESC, url
            LIMIT 1000
            """,
            new { accountId, campaignId },
            cancellationToken: ct));

    private static async Task<IEnumerable<HourStatistics>> HoursAsync(
        NpgsqlConnection connection, int accountId, Guid campaignId, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<(DateTime Time, int Sent, int Opens, int Clicks)>(new CommandDefinition(
            """
            SELECT date_trunc('hour', at, 'UTC'), (count(*) FILTER (WHERE kind = 1))::int,
                (count(*) FILTER (WHERE kind = 3 AND NOT machine))::int, (count(*) FILTER (WHERE kind = 4 AND NOT machine))::int
            FROM campaigns.activity
            WHERE account_id = @accountId AND campaign_id = @campaignId AND kind IN (1, 3, 4)
            GROUP BY 1
            ORDER BY 1
            LIMIT 2000
            """,
            new { accountId, campaignId },
            cancellationToken: ct));
        return rows.Select(r => new HourStatistics
        {
            Time = Timestamp.FromDateTime(r.Time),
            Sent = r.Sent,
            Opens = r.Opens,
            Clicks = r.Clicks,
        });
    }

    /// <summary>Lists ledger entries behind a contact, in order of contacts.</summary>
    public async Task<List<Recipient>> RecipientsAsync(
        CampaignRow campaign, short[] states, int[] contactIds, int behind, int limit, CancellationToken ct)
    {
        var test = campaign.ToAbTest();
        return (await EntriesAsync(campaign, states, contactIds, behind, limit, ct)).ConvertAll(row => row.ToRecipient(test, campaign.AbWinner));
    }

    /// <summary>Gets the ledger entry of a contact; null if it was not in the audience.</summary>
    public async Task<RecipientRow?> EntryAsync(CampaignRow campaign, int contactId, CancellationToken ct) =>
        (await EntriesAsync(campaign, [], [contactId], behind: 0, limit: 1, ct)).FirstOrDefault();

    private async Task<List<RecipientRow>> EntriesAsync(
        CampaignRow campaign, short[] states, int[] contactIds, int behind, int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<RecipientRow>(new CommandDefinition(
            $"""
            WITH b AS MATERIALIZED (
                SELECT * FROM campaigns.batch WHERE account_id = @accountId AND campaign_id = @campaignId AND lease_until > now()
            ), ledger AS (
                SELECT r.*, CASE WHEN r.state = 1 AND EXISTS (SELECT FROM b WHERE {Batches.Members}) THEN 2 ELSE r.state END AS shown
                FROM campaigns.recipient r
                WHERE r.account_id = @accountId AND r.campaign_id = @campaignId
            )
            SELECT contact_id, address, shown::smallint AS state, reason, detail, attempts, updated_at, accepted_at, due_at, variant, consent,
                checked_at, checked_consent
            FROM ledger
            WHERE contact_id > @behind
              AND (cardinality(@states) = 0 OR shown = ANY(@states))
              AND (cardinality(@contactIds) = 0 OR contact_id = ANY(@contactIds))
            ORDER BY contact_id
            LIMIT @limit
            """,
            new { accountId = campaign.AccountId, campaignId = campaign.CampaignId, states, contactIds, behind, limit },
            cancellationToken: ct))).AsList();
    }
}

/// <summary>An entry of the ledger as it is stored.</summary>
internal sealed record RecipientRow(
    int ContactId, string Address, short State, short Reason, string Detail, int Attempts, DateTime UpdatedAt, DateTime? AcceptedAt,
    DateTime? DueAt, short Variant, short Consent, DateTime? CheckedAt, short CheckedConsent)
{
    public Recipient ToRecipient(AbTest? test = null, int winner = 0) => new()
    {
        ContactId = ContactId,
        Address = Address,
        State = (Recipient.Types.State)State,
        Reason = (Recipient.Types.Reason)Reason,
        Detail = Detail,
        Attempts = Attempts,
        UpdateTime = Timestamp.FromDateTime(UpdatedAt),
        AcceptTime = AcceptedAt is { } at ? Timestamp.FromDateTime(at) : null,
        RetryTime = State == (short)Recipient.Types.State.Deferred && DueAt is { } due ? Timestamp.FromDateTime(due) : null,
        Variant = State == (short)Recipient.Types.State.Skipped ? "" : Variants.NameOf(test, Variant == 0 ? winner : Variant),
    };
}
