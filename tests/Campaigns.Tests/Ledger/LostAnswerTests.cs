using Crm.Campaigns.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Ledger;
using TagSegments.Testing;
using CampaignState = Crm.Campaigns.V1.Campaign.Types.State;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Ledger;

/// <summary>
/// Fault 10: PostgreSQL is killed when it has stored that messages depart and has not said so. The sender asks again when it is back, and may come too
/// late: its lease has ended, or the campaign was paused.
/// </summary>
public sealed class LostAnswerTests(LostAnswerTests.World world) : IClassFixture<LostAnswerTests.World>
{
    private const long Fence = 100;
    private const int Batch = 1;
    private const string Nothing = "SELECT 1";

    [Theory]
    [InlineData(Nothing, CampaignState.Sending)]
    [InlineData("UPDATE campaigns.batch SET lease_until = now() - interval '1 second' WHERE campaign_id = @id", CampaignState.Sending)]
    [InlineData("UPDATE campaigns.campaign SET state = 5, version = version + 1 WHERE campaign_id = @id", CampaignState.Paused)]
    public async Task Fault10_what_departed_and_was_never_begun_is_sent_once(string meanwhile, CampaignState after)
    {
        var account = await world.Apps.NewAccountAsync();
        await world.ContactAsync(account);
        var (campaign, recipient) = await HoldAsync(account);
        var services = world.Apps.App(Service.Campaigns).Services;
        var writer = services.GetRequiredService<LedgerWriter>();
        Assert.Equal([recipient], await writer.WriteAsync([], [recipient], default));
        await world.ExecuteAsync(meanwhile, new { id = recipient.CampaignId });

        var again = await writer.WriteAsync([], [recipient], default);

        Assert.Equal(meanwhile == Nothing ? [recipient] : [], again);
        Assert.Equal(
            [again.Count > 0 ? State.Sending : State.Pending],
            await world.QueryAsync<State>("SELECT state::int FROM campaigns.recipient WHERE campaign_id = @CampaignId", new { recipient.CampaignId }));
        await writer.WriteAsync([.. again.Select(Outcome.Released)], [], default);
        await services.GetRequiredService<BatchStore>().CloseAsync([new(recipient.AccountId, recipient.CampaignId, Batch, 1, 1, 0, Fence)], default);
        if (after == CampaignState.Paused)
        {
            await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign });
        }

        var sent = await world.WaitForCampaignAsync(account, campaign, CampaignState.Sent);
        Assert.Equal((1, 0), (sent.Counts.Accepted, sent.Counts.Unknown));
        // The first was sent to arrange the test.
        Assert.Equal(2, world.Mail.Messages.Count(message => message.Recipients[0] == recipient.Address));
    }

    // A campaign whose batch a sender holds that has begun nothing.
    private async Task<(string Campaign, BatchRecipient Recipient)> HoldAsync(string account)
    {
        var campaign = (await world.SendAsync(account, CampaignWorld.Everyone)).CampaignId;
        var id = Guid.Parse(campaign);
        await world.ExecuteAsync(
            """
            UPDATE campaigns.recipient SET state = 1, attempts = 0 WHERE campaign_id = @id;
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, fence, lease_until)
            SELECT account_id, campaign_id, @Batch, 1, 1, @Fence, now() + interval '1 hour' FROM campaigns.campaign WHERE campaign_id = @id;
            UPDATE campaigns.campaign SET state = 4 WHERE campaign_id = @id
            """,
            new { id, Batch, Fence });
        var accountId = (await world.QueryAsync<int>("SELECT account_id FROM campaigns.campaign WHERE campaign_id = @id", new { id })).Single();
        var address = (await world.LedgerAsync(account, campaign))[0].Address;
        return (campaign, new BatchRecipient(accountId, id, 1, 1, address, Batch, Fence));
    }

    /// <summary>Nobody settles what a sender of the test holds.</summary>
    public sealed class World : CampaignWorld
    {
        protected override IReadOnlyDictionary<string, string?> More => new Dictionary<string, string?> { ["Delivery:RecoveryGrace"] = "1.00:00:00" };
    }
}
