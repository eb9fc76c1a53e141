using Crm.Campaigns.V1;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Definitions;

/// <summary>Finding 18: a list of large campaigns is read in pages that fit in memory and in a message.</summary>
public sealed class Finding18ListTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Finding_18_a_page_of_large_campaigns_has_fewer_and_the_next_one_goes_on()
    {
        var account = await world.Apps.NewAccountAsync();
        var html = new string('x', 1_000_000);
        for (var i = 0; i < 3; i++)
        {
            await world.Campaigns.CreateCampaignAsync(new CreateCampaignRequest
            {
                Account = account,
                Campaign = new Campaign { Name = $"Large {i}", Message = new Message { Html = html } },
            });
        }

        var (names, pages) = (new List<string>(), new List<int>());
        var request = new ListCampaignsRequest { Account = account, PageSize = 1_000 };
        do
        {
            var page = await world.Campaigns.ListCampaignsAsync(request);
            names.AddRange(page.Campaigns.Select(campaign => campaign.Name));
            pages.Add(page.Campaigns.Count);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(["Large 2", "Large 1", "Large 0"], names);
        Assert.Equal([1, 1, 1], pages);
    }
}
