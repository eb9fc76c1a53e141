using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Definitions;

/// <summary>Keeps the campaigns of an account within its limits.</summary>
internal static class CampaignLimits
{
    /// <summary>Throws RESOURCE_EXHAUSTED if the account has more drafts than its limit allows, including a new one of the transaction.</summary>
    public static async Task RequireFewDraftsAsync(NpgsqlTransaction tx, AccountInfo account, CancellationToken ct)
    {
        // Two that are created at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('campaigns.draft'), @Id)";
        const string sql =
            $"""
            SELECT count(*)
            FROM (SELECT FROM campaigns.campaign WHERE account_id = @Id AND state = {CampaignStates.Draft} LIMIT @most + 1) AS drafts
            """;
        var most = account.Limits.CampaignDrafts;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, tx, cancellationToken: ct));
        if (await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { account.Id, most }, tx, cancellationToken: ct)) > most)
        {
            throw RpcErrors.QuotaExceeded(
                "campaign_drafts", most, $"The account may have {most} drafts of campaigns. Send or cancel some.", TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Throws RESOURCE_EXHAUSTED if as many campaigns of the account are scheduled, prepared or sent as its limit allows.</summary>
    public static async Task RequireRoomAsync(NpgsqlTransaction tx, AccountInfo account, CancellationToken ct)
    {
        // Two that start at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('campaigns.campaign'), @Id)";
        const string sql =
            $"""
            SELECT count(*)
            FROM campaigns.campaign
            WHERE account_id = @Id AND state IN {CampaignStates.Active}
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, tx, cancellationToken: ct));
        var active = await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { account.Id }, tx, cancellationToken: ct));
        var most = account.Limits.ActiveCampaigns;
        if (active >= most)
        {
            throw RpcErrors.QuotaExceeded(
                "active_campaigns", most, $"{active} campaigns of the account are active already. Wait for one, pause or cancel it.", TimeSpan.FromMinutes(1));
        }
    }
}
