using Crm.Campaigns.V1;
using TagSegments.Testing;
using RecipientState = Crm.Campaigns.V1.Recipient.Types.State;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Journal;

public sealed class RestoreTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task After_a_restored_backup_nothing_is_sent_again_before_somebody_decides()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);
        var single = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("Welcome"));
        await world.WaitForMessageAsync(account, single.MessageId, RecipientState.Accepted);

        await RestoreAsync(campaign.CampaignId, single.MessageId);
        var held = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Paused);
        var message = await world.WaitForMessageAsync(account, single.MessageId, RecipientState.Unknown);

        Assert.Contains("backup", held.Problem, StringComparison.Ordinal);
        Assert.Contains("backup", message.Detail, StringComparison.Ordinal);
        // Another campaign gets through, so the held messages would have had their chance.
        var other = await world.Apps.NewAccountAsync();
        await world.ContactAsync(other);
        await world.SendAsync(other, CampaignWorld.Everyone);
        Assert.Equal(2, world.MailOf(contact).Count);

        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
        Assert.Equal(3, world.MailOf(contact).Count);
    }

    [Fact]
    public async Task An_ordinary_restart_holds_nothing_back()
    {
        var account = await world.Apps.NewAccountAsync();
        await world.ContactAsync(account);
        await world.SendAsync(account, CampaignWorld.Everyone);

        await world.Apps.StopAsync(Service.Campaigns);
        await world.Apps.StartAsync(Service.Campaigns);

        Assert.Equal(State.Sent, (await world.SendAsync(account, CampaignWorld.Everyone)).State);
    }

    // The database from before both were sent: with an older mark, and with them waiting.
    private async Task RestoreAsync(string campaignId, string messageId)
    {
        await world.Apps.StopAsync(Service.Campaigns);
        await world.ExecuteAsync(
            """
            UPDATE campaigns.send_mark SET mark = gen_random_uuid();
            UPDATE campaigns.recipient SET state = 1, fence = 0, due_at = NULL WHERE campaign_id IN (@campaign, @message);
            UPDATE campaigns.campaign SET state = 4 WHERE campaign_id = @campaign;
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, single)
            SELECT account_id, campaign_id, 1, contact_id, contact_id, single FROM campaigns.recipient WHERE campaign_id IN (@campaign, @message)
            """,
            new { campaign = Guid.Parse(campaignId), message = Guid.Parse(messageId) });
        await world.Apps.StartAsync(Service.Campaigns);
    }
}
