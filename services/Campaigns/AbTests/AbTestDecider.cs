using Crm.Campaigns.V1;
using Google.Protobuf;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.AbTests;

/// <summary>Chooses the winners of tests whose time is up, by the clock of the database. Of several replicas, one stores its choice.</summary>
internal sealed class AbTestDecider(AbTestStore tests, ILogger<AbTestDecider> logger) : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    public static string WorkQuery =>
        $"SELECT FROM campaigns.campaign WHERE state = {CampaignStates.Sending} AND ab_test IS NOT NULL AND ab_winner = 0";

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        await tests.StartClocksAsync(ct);
        foreach (var due in await tests.DueAsync(ct))
        {
            var counts = await tests.CountAsync(due.AccountId, due.CampaignId, ct);
            var (winner, decision) = WinnerRule.Choose(JsonParser.Default.Parse<AbTest>(due.AbTest), counts);
            if (await tests.DecideAsync(due, winner, decision, ct))
            {
                logger.VariantChosen(due.CampaignId, decision);
            }
        }

        return false;
    }
}
