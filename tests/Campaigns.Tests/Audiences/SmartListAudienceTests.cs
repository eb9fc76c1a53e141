using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Audiences;

public sealed class SmartListAudienceTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task A_smart_list_is_the_audience_that_it_is_when_the_campaign_is_sent()
    {
        var account = await world.Apps.NewAccountAsync();
        var (first, second, third) = (await ContactAsync(account), await ContactAsync(account), await ContactAsync(account));
        var tag = (await world.Apps.Tags.CreateTagAsync(new() { Account = account, Tag = new Tag { Name = "By hand" } })).Tag.TagId;
        await world.Apps.SmartLists.CreateSmartListAsync(new()
        {
            Account = account,
            SmartList = new SmartList { Name = "List", IncludeTagId = tag },
            Text = $"contact_id = {first}",
        });
        var campaign = (await world.Campaigns.CreateCampaignAsync(new()
        {
            Account = account,
            Campaign = new Campaign
            {
                Name = "Spring",
                Message = CampaignWorld.Text("Spring"),
                Audience = new Audience
                {
                    Include = { new FilterSource { SmartListName = "List" }, new FilterSource { Text = $"contact_id = {third}" } },
                },
            },
        })).Campaign;

        await world.Apps.Tags.AddTagsAsync(new() { Account = account, ContactId = second, TagIds = { tag } });
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        var ledger = await world.LedgerAsync(account, campaign.CampaignId);
        Assert.Equal([first, second, third], ledger.Select(recipient => recipient.ContactId));
    }

    private async Task<int> ContactAsync(string account) => (await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example")).ContactId;
}
