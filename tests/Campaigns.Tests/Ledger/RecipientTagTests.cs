using Crm.Campaigns.V1;
using Crm.Common.V1;
using TagSegments.Embedded.Smtp;
using State = Crm.Campaigns.V1.Campaign.Types.State;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Ledger;

public sealed class RecipientTagTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Recipients_are_tagged_when_their_message_was_accepted_and_the_cause_is_the_campaign()
    {
        var account = await world.Apps.NewAccountAsync();
        var (accepted, refused) = (await world.ContactAsync(account), await world.ContactAsync(account));
        world.Mail.Script = step =>
            step is { Stage: SmtpStage.Recipient } && step.Recipient == refused.Email ? SmtpReaction.Refuse(550, "No") : default;
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.RecipientTagNames.Add("Got Spring"));

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        var events = await Eventually.ReadAsync(
            async () => (await world.Apps.Tags.ListTagEventsAsync(new() { Account = account, TagId = campaign.RecipientTagIds[0] })).Events,
            found => found.Count > 0);
        var added = Assert.Single(events);
        Assert.Equal(accepted.ContactId, added.ContactId);
        Assert.Equal((Cause.Types.Kind.Campaign, campaign.CampaignId), (added.Cause.Kind, added.Cause.Id));
    }
}
