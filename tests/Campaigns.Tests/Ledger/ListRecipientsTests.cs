using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Ledger;

public sealed class ListRecipientsTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Recipients_are_skipped_counted_and_found_by_reason()
    {
        var account = await world.Apps.NewAccountAsync();
        var ids = new List<int>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await world.ContactAsync(account)).ContactId);
        }

        var unsubscribed = await world.ContactAsync(account);
        await world.UnsubscribeAsync(account, unsubscribed);
        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);
        var request = new ListRecipientsRequest
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            States = { State.Accepted },
            Skip = 2,
            PageSize = 2,
            ShowTotal = true,
        };

        var page = await world.Campaigns.ListRecipientsAsync(request);
        var later = await world.Campaigns.ListRecipientsAsync(new(request) { Skip = 1, PageToken = page.NextPageToken, ShowTotal = false });
        var beyond = await world.Campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = campaign.CampaignId, Skip = 8, ShowTotal = true });

        Assert.Equal(ids[2..4], page.Recipients.Select(recipient => recipient.ContactId));
        Assert.Equal(ids[5..], later.Recipients.Select(recipient => recipient.ContactId));
        Assert.Equal((7, 0, 8), (page.Total, later.Total, beyond.Total));
        Assert.Empty(beyond.Recipients);
        var left = await world.Campaigns.ListRecipientsAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Reasons = { Reason.Unsubscribed, Reason.NoAddress },
            ShowTotal = true,
        });
        Assert.Equal((unsubscribed.ContactId, 1), (left.Recipients.Single().ContactId, left.Total));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await world.Campaigns.ListRecipientsAsync(new(request) { Skip = 100_001 }),
            "skip");
    }
}
