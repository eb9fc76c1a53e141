using TagSegments.Embedded.Smtp;
using State = Crm.Campaigns.V1.Campaign.Types.State;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Lifecycle;

public sealed class PauseTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task What_is_in_flight_when_a_campaign_is_paused_ends_and_the_rest_waits_for_it_to_go_on()
    {
        const int contacts = 60;
        var account = await world.Apps.NewAccountAsync();
        for (var i = 0; i < contacts; i++)
        {
            await world.ContactAsync(account);
        }

        var before = world.Mail.Accepted;
        world.Mail.Script = step => step.Stage == SmtpStage.EndOfData ? SmtpReaction.Wait(TimeSpan.FromSeconds(1)) : default;
        var campaign = await world.StartAsync(account, CampaignWorld.Everyone);
        await world.Mail.WaitForAsync(before + 1, Eventually.Patience);

        await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var paused = await Eventually.ReadAsync(
            async () => (await world.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign,
            c => c.Counts.Sending == 0);
        var accepted = world.Mail.Accepted;
        // Another campaign gets through on the same lanes, so the paused one would have had its chance.
        var other = await world.Apps.NewAccountAsync();
        await world.ContactAsync(other);
        await world.SendAsync(other, CampaignWorld.Everyone);

        Assert.Equal(State.Paused, paused.State);
        Assert.InRange(paused.Counts.Accepted, 1, contacts - 1);
        Assert.Equal(accepted + 1, world.Mail.Accepted);
        Assert.Equal((0, 0), (paused.Counts.Failed, paused.Counts.Unknown));

        world.Mail.Script = null;
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var sent = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal(contacts, sent.Counts.Accepted);
        Assert.Equal(accepted + 1 + contacts - paused.Counts.Accepted, world.Mail.Accepted);
    }
}
