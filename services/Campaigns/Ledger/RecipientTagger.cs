using Crm.Common.V1;
using Crm.Tags.V1;
using Dapper;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Campaigns.Ledger;

/// <summary>Tags the recipients whose message was accepted. Adding a tag twice changes nothing, so it is repeated until it succeeds.</summary>
internal sealed class RecipientTagger(
    WorkDatabase database, TagService.TagServiceClient tags, ILogger<RecipientTagger> logger)
    : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    private const int BatchSize = 10_000;

    public static string WorkQuery => "SELECT FROM campaigns.tag_task";

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        const string sql =
            """
            SELECT c.account_id, c.campaign_id, c.account_name, c.recipient_tag_ids, array_agg(t.contact_id) AS contact_ids
            FROM (SELECT account_id, campaign_id, contact_id FROM campaigns.tag_task LIMIT @BatchSize) t
            JOIN campaigns.campaign c USING (account_id, campaign_id)
            GROUP BY c.account_id, c.campaign_id
            """;
        const string doneSql =
            """
            DELETE FROM campaigns.tag_task
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND contact_id = ANY(@ContactIds)
            """;
        await using var connection = await database.OpenAsync(ct);
        var untagged = (await connection.QueryAsync<Untagged>(new CommandDefinition(sql, new { BatchSize }, cancellationToken: ct))).AsList();
        foreach (var campaign in untagged)
        {
            await TagAsync(campaign, ct);
            await connection.ExecuteAsync(new CommandDefinition(doneSql, campaign, cancellationToken: ct));
        }

        return untagged.Count > 0;
    }

    private async Task TagAsync(Untagged campaign, CancellationToken ct)
    {
        try
        {
            await tags.BulkTagAsync(
                new BulkTagRequest
                {
                    Account = campaign.AccountName,
                    ContactIds = { campaign.ContactIds },
                    AddTagIds = { campaign.RecipientTagIds },
                    Cause = new Cause { Kind = Cause.Types.Kind.Campaign, Id = campaign.CampaignId.ToString() },
                },
                cancellationToken: ct);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // A tag was deleted meanwhile: there is nothing left to add.
            logger.BackgroundWorkFailed(e, nameof(RecipientTagger));
        }
    }

    private sealed record Untagged(int AccountId, Guid CampaignId, string AccountName, int[] RecipientTagIds, int[] ContactIds);
}
