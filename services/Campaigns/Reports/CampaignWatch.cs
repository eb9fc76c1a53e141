using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Definitions;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Reports;

/// <summary>Watches campaigns. A ledger is counted only while it can move, and less often while it does not.</summary>
internal sealed class CampaignWatch(
    WorkDatabase database, CampaignStore campaigns, CampaignResults results, TimeProvider time, ILogger<CampaignWatch> logger)
    : SharedWatch<Campaign>(time, logger)
{
    /// <summary>Checks whether nothing about a campaign changes any more.</summary>
    public static bool HasEnded(Campaign campaign) =>
        campaign.State is State.Sent or State.Cancelled or State.Failed && campaign.Counts.Sending == 0;

    /// <summary>Checks whether the counts of a campaign can change. Before it is prepared, it has no ledger.</summary>
    public static bool HasMovingLedger(Campaign campaign) =>
        campaign.State is not (State.Draft or State.Scheduled or State.Preparing) && !HasEnded(campaign);

    /// <inheritdoc/>
    protected override bool IsOver(Campaign item) => HasEnded(item);

    /// <inheritdoc/>
    protected override bool IsMoving(Campaign item) => HasMovingLedger(item);

    /// <inheritdoc/>
    protected override async Task<Campaign> ReadAsync(int accountId, Guid id, CancellationToken ct) =>
        await results.WithCountsAsync(await campaigns.GetAsync(accountId, id.ToString(), "", ct), ct);

    /// <inheritdoc/>
    protected override async Task<Dictionary<Guid, string>> VersionsAsync(int[] accountIds, Guid[] ids, CancellationToken ct)
    {
        // The transaction that wrote the row last.
        const string sql = """
            SELECT campaign_id, c.xmin::text
            FROM campaigns.campaign c
            JOIN unnest(@accountIds, @ids) AS w (account_id, campaign_id) USING (account_id, campaign_id)
            """;
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<(Guid CampaignId, string Version)>(new CommandDefinition(sql, new { accountIds, ids }, cancellationToken: ct)))
            .ToDictionary(row => row.CampaignId, row => row.Version);
    }
}
