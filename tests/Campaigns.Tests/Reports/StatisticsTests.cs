using Crm.Campaigns.V1;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Tests.Reports;

public sealed class StatisticsTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Statistics_tell_what_recipients_did()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        await world.ContactAsync(account, "");
        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);
        await world.Activities.RecordActivitiesAsync(new()
        {
            Account = account,
            Activities =
            {
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Opened, CampaignId = campaign.CampaignId },
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Opened, CampaignId = campaign.CampaignId },
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Clicked, CampaignId = campaign.CampaignId, Machine = true },
            },
        });

        var statistics = await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        Assert.Equal((2, 1, 1), (statistics.Counts.Total, statistics.Counts.Accepted, statistics.Counts.Skipped));
        Assert.Equal((1, 2, 0, 1), (statistics.Opened, statistics.Opens, statistics.Clicked, statistics.Clicks));
        Assert.Equal(2, statistics.Hours.Sum(h => h.Opens));
        Assert.Equal((0, 1), (Assert.Single(statistics.Links).Clicked, statistics.Links[0].Clicks));
        Assert.Equal(new ReasonCount { Reason = Reason.NoAddress, Count = 1 }, Assert.Single(statistics.Reasons));
    }
}
