using Crm.Campaigns.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Reports;

/// <summary>Reads the ledger and the activity of a campaign.</summary>
internal sealed class CampaignResults(AccountDatabase database, AbTestStore tests)
{
    // The entries with the states that callers see: those of a batch under way are claimed.
    private const string Ledger =
        $"""
        WITH b AS MATERIALIZED (
            SELECT *
            FROM campaigns.batch
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND lease_until > now()
        ), ledger AS (
            SELECT r.*, CASE
                WHEN r.state = {RecipientStates.Pending} AND EXISTS (SELECT FROM b WHERE {BatchStore.Members}) THEN {RecipientStates.Claimed}
                ELSE r.state END AS shown
            FROM campaigns.recipient r
            WHERE r.account_id = @AccountId AND r.campaign_id = @CampaignId
        )
        """;

    private const string Filtered =
        """
        (cardinality(@States) = 0 OR shown = ANY(@States))
            AND (cardinality(@Reasons) = 0 OR reason = ANY(@Reasons))
            AND (cardinality(@ContactIds) = 0 OR contact_id = ANY(@ContactIds))
        """;

    /// <summary>Counts the ledger by state.</summary>
    public async Task<RecipientCounts> CountAsync(int accountId, Guid campaignId, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT count(*)::int AS total,
                (count(*) FILTER (WHERE state IN {RecipientStates.Waiting}))::int AS pending,
                (count(*) FILTER (WHERE state = {RecipientStates.Sending}))::int AS sending,
                (count(*) FILTER (WHERE state = {RecipientStates.Accepted}))::int AS accepted,
                (count(*) FILTER (WHERE state = {RecipientStates.Failed}))::int AS failed,
                (count(*) FILTER (WHERE state = {RecipientStates.Skipped}))::int AS skipped,
                (count(*) FILTER (WHERE state = {RecipientStates.Unknown}))::int AS unknown
            FROM campaigns.recipient
            WHERE account_id = @accountId AND campaign_id = @campaignId
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<RecipientCounts>(new CommandDefinition(sql, new { accountId, campaignId }, cancellationToken: ct));
    }

    /// <summary>Makes the campaign of a row with its counts.</summary>
    public async Task<Campaign> WithCountsAsync(CampaignRow row, CancellationToken ct)
    {
        var campaign = row.ToCampaign();
        campaign.Counts = await CountAsync(row.AccountId, row.CampaignId, ct);
        return campaign;
    }

    /// <summary>Counts the ledger by state, reason and variant, and the activity of recipients.</summary>
    public async Task<GetCampaignStatisticsResponse> StatisticsAsync(CampaignRow campaign, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(campaign.AccountId, ct);
        var statistics = await ActivitiesAsync(connection, campaign, ct);
        statistics.Reasons.Add(await ReasonsAsync(connection, campaign, ct));
        statistics.Links.Add(await LinksAsync(connection, campaign, ct));
        statistics.Hours.Add(await HoursAsync(connection, campaign, ct));
        statistics.Counts = await CountAsync(campaign.AccountId, campaign.CampaignId, ct);
        if (campaign.ToAbTest() is { } test)
        {
            statistics.Variants.Add(await VariantsAsync(campaign, test, ct));
        }

        return statistics;
    }

    /// <summary>Lists the outcomes of a campaign: contacts by kind of activity, each once, without opens and clicks by machines, with the classes
    /// of their bounces.</summary>
    public async Task<List<(int ContactId, short Kind, bool IsHard, bool IsSoft)>> OutcomesAsync(CampaignRow campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT contact_id, {ActivityKinds.Sent}::smallint, false, false
            FROM campaigns.recipient
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND state = {RecipientStates.Accepted}
            UNION ALL
            SELECT {ActivityKinds.Recipient}, kind, COALESCE(bool_or(bounce = {BounceClasses.Hard}), false),
                COALESCE(bool_or(bounce = {BounceClasses.Soft}), false)
            FROM campaigns.activity
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND kind <> {ActivityKinds.Sent}
              AND NOT (machine AND kind IN {ActivityKinds.OpenedOrClicked})
            GROUP BY 1, 2
            """;
        await using var connection = await database.OpenAsync(campaign.AccountId, ct);
        return (await connection.QueryAsync<(int, short, bool, bool)>(new CommandDefinition(sql, Key(campaign), cancellationToken: ct))).AsList();
    }

    /// <summary>Lists ledger entries after a contact, in order of contacts, without the first <paramref name="skip"/> of them.</summary>
    public async Task<List<Recipient>> RecipientsAsync(
        CampaignRow campaign, RecipientFilter filter, int after, int skip, int limit, CancellationToken ct)
    {
        var test = campaign.ToAbTest();
        return (await EntriesAsync(campaign, filter, after, skip, limit, ct)).ConvertAll(row => row.ToRecipient(test, campaign.AbWinner));
    }

    /// <summary>Counts the ledger entries that pass a filter.</summary>
    public async Task<int> CountAsync(CampaignRow campaign, RecipientFilter filter, CancellationToken ct)
    {
        const string sql = $"{Ledger} SELECT count(*)::int FROM ledger WHERE {Filtered}";
        await using var connection = await database.OpenAsync(campaign.AccountId, ct);
        var parameters = new { campaign.AccountId, campaign.CampaignId, filter.States, filter.Reasons, filter.ContactIds };
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }

    /// <summary>Gets the ledger entry of a contact; null if it was not in the audience.</summary>
    public async Task<RecipientRow?> EntryAsync(CampaignRow campaign, int contactId, CancellationToken ct) =>
        (await EntriesAsync(campaign, new RecipientFilter([], [], [contactId]), after: 0, skip: 0, limit: 1, ct)).FirstOrDefault();

    private static object Key(CampaignRow campaign) => new { campaign.AccountId, campaign.CampaignId };

    private static Task<GetCampaignStatisticsResponse> ActivitiesAsync(NpgsqlConnection connection, CampaignRow campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Delivered}))::int AS delivered,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Opened} AND NOT machine))::int AS opened,
                (count(*) FILTER (WHERE kind = {ActivityKinds.Opened}))::int AS opens,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Clicked} AND NOT machine))::int AS clicked,
                (count(*) FILTER (WHERE kind = {ActivityKinds.Clicked}))::int AS clicks,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Bounced}))::int AS bounced,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE bounce = {BounceClasses.Hard}))::int AS hard_bounced,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE bounce = {BounceClasses.Soft}))::int AS soft_bounced,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Unsubscribed}))::int AS unsubscribed,
                (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE kind = {ActivityKinds.Complained}))::int AS complained
            FROM campaigns.activity
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
            """;
        return connection.QuerySingleAsync<GetCampaignStatisticsResponse>(new CommandDefinition(sql, Key(campaign), cancellationToken: ct));
    }

    private static async Task<IEnumerable<ReasonCount>> ReasonsAsync(NpgsqlConnection connection, CampaignRow campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT reason, count(*)::int
            FROM campaigns.recipient
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND reason <> {RecipientReasons.Unspecified}
            GROUP BY reason
            ORDER BY reason
            """;
        var rows = await connection.QueryAsync<(short Reason, int Count)>(new CommandDefinition(sql, Key(campaign), cancellationToken: ct));
        return rows.Select(r => new ReasonCount { Reason = (Recipient.Types.Reason)r.Reason, Count = r.Count });
    }

    private static Task<IEnumerable<LinkStatistics>> LinksAsync(NpgsqlConnection connection, CampaignRow campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT COALESCE(detail, '') AS url, (count(DISTINCT {ActivityKinds.Recipient}) FILTER (WHERE NOT machine))::int AS clicked, count(*)::int AS clicks
            FROM campaigns.activity
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND kind = {ActivityKinds.Clicked}
            GROUP BY detail
            ORDER BY clicks DESC, url
            LIMIT 1000
            """;
        return connection.QueryAsync<LinkStatistics>(new CommandDefinition(sql, Key(campaign), cancellationToken: ct));
    }

    private static async Task<IEnumerable<HourStatistics>> HoursAsync(NpgsqlConnection connection, CampaignRow campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT date_trunc('hour', at, 'UTC'), (count(*) FILTER (WHERE kind = {ActivityKinds.Sent}))::int,
                (count(*) FILTER (WHERE kind = {ActivityKinds.Opened} AND NOT machine))::int,
                (count(*) FILTER (WHERE kind = {ActivityKinds.Clicked} AND NOT machine))::int
            FROM campaigns.activity
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
              AND kind IN ({ActivityKinds.Sent}, {ActivityKinds.Opened}, {ActivityKinds.Clicked})
            GROUP BY 1
            ORDER BY 1
            LIMIT 2000
            """;
        var rows = await connection.QueryAsync<(DateTime Time, int Sent, int Opens, int Clicks)>(
            new CommandDefinition(sql, Key(campaign), cancellationToken: ct));
        return rows.Select(r => new HourStatistics
        {
            Time = Timestamp.FromDateTime(r.Time),
            Sent = r.Sent,
            Opens = r.Opens,
            Clicks = r.Clicks,
        });
    }

    private async Task<IEnumerable<VariantStatistics>> VariantsAsync(CampaignRow campaign, AbTest test, CancellationToken ct) =>
        (await tests.CountAsync(campaign.AccountId, campaign.CampaignId, ct))
            .OrderBy(count => count.Variant == 0 ? campaign.AbWinner : count.Variant)
            .ThenBy(count => count.Variant == 0)
            .Select(count => count.ToStatistics(Variants.NameOf(test, count.Variant == 0 ? campaign.AbWinner : count.Variant)));

    private async Task<List<RecipientRow>> EntriesAsync(
        CampaignRow campaign, RecipientFilter filter, int after, int skip, int limit, CancellationToken ct)
    {
        const string sql =
            $"""
            {Ledger}
            SELECT contact_id, address, shown::smallint AS state, reason, detail, attempts, updated_at, accepted_at, due_at, variant, consent,
                checked_at, checked_consent, bounce, bounced_at
            FROM ledger
            WHERE contact_id > @after AND {Filtered}
            ORDER BY contact_id
            LIMIT @limit OFFSET @skip
            """;
        await using var connection = await database.OpenAsync(campaign.AccountId, ct);
        var parameters = new { campaign.AccountId, campaign.CampaignId, filter.States, filter.Reasons, filter.ContactIds, after, skip, limit };
        return (await connection.QueryAsync<RecipientRow>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
    }
}

/// <summary>Which entries of a ledger are meant: those in some states, for some reasons, of some contacts; an empty list means all.</summary>
internal sealed record RecipientFilter(short[] States, short[] Reasons, int[] ContactIds);
