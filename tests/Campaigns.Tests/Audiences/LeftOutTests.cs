using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Audiences;

// The members of the audience that get no message.
public sealed class LeftOutTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Everyone_in_the_audience_has_an_entry_with_the_reason_if_left_out()
    {
        var account = await world.Apps.NewAccountAsync();
        var twin = $"{Guid.NewGuid():N}@x.example";
        await world.ContactAsync(account, twin);
        await world.ContactAsync(account, twin.ToUpperInvariant());
        await world.ContactAsync(account, "");
        await world.MakeInvalidAsync(account, await world.ContactAsync(account));
        await world.ContactAsync(account, change: c => c.DoNotDisturb = true);
        var optedOut = $"{Guid.NewGuid():N}@x.example";
        await world.ContactAsync(account, optedOut);
        await world.UnsubscribeAsync(account, await world.ContactAsync(account, optedOut));
        await world.SuppressAsync(account, (await world.ContactAsync(account)).Email);

        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);

        var ledger = await world.LedgerAsync(account, campaign.CampaignId);
        Assert.Equal(
            [
                0, Reason.DuplicateAddress, Reason.NoAddress, Reason.InvalidAddress, Reason.DoNotDisturb, Reason.AddressOptedOut,
                Reason.Unsubscribed, Reason.Suppressed,
            ],
            ledger.Select(r => r.Reason));
        Assert.Single(world.Mail.Messages, m => m.Recipients[0].Equals(twin, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_address_is_out_if_any_contact_with_it_opted_out_also_one_outside_of_the_audience()
    {
        var account = await world.Apps.NewAccountAsync();
        var address = $"{Guid.NewGuid():N}@x.example";
        var member = await world.ContactAsync(account, address);
        await world.UnsubscribeAsync(account, await world.ContactAsync(account, address));

        var campaign = await world.SendAsync(account, CampaignWorld.HasTag(await world.TagAsync(account, "Hot Lead", member)));

        Assert.Equal(Reason.AddressOptedOut, Assert.Single(await world.LedgerAsync(account, campaign.CampaignId)).Reason);
        Assert.Empty(world.MailOf(member));
    }

    [Fact]
    public async Task Asking_for_subscribed_ones_leaves_out_those_never_asked()
    {
        var account = await world.Apps.NewAccountAsync();
        var agreed = await world.ContactAsync(account);
        await world.ContactAsync(account);
        await world.SetConsentAsync(account, agreed, Consent.Types.State.Subscribed);

        var campaign = await world.SendAsync(account, new Audience { Include = { CampaignWorld.Everyone }, SubscribedOnly = true });

        Assert.Equal([0, Reason.NotSubscribed], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.Reason));
    }

    [Fact]
    public async Task After_the_snapshot_a_tag_change_drops_nobody_but_an_opt_out_or_deletion_does()
    {
        var account = await world.Apps.NewAccountAsync();
        var (untagged, suppressed, unsubscribed, deleted) =
            (await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account));
        var tag = await world.TagAsync(account, "Hot Lead", untagged, suppressed, unsubscribed, deleted);
        world.RefuseMail();
        var campaign = await world.CreateAsync(account, CampaignWorld.HasTag(tag));
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sending);
        await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = untagged.ContactId, TagIds = { tag } });
        await world.SuppressAsync(account, suppressed.Email);
        await world.UnsubscribeAsync(account, unsubscribed);
        await world.Apps.Contacts.DeleteContactAsync(new() { Account = account, ContactId = deleted.ContactId });
        world.Mail.Script = null;
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal(
            [0, Reason.Suppressed, Reason.Unsubscribed, Reason.Deleted],
            (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.Reason));
        Assert.Equal([untagged.Email], world.MailOf(untagged, suppressed, unsubscribed, deleted));
    }

    [Fact]
    public async Task A_cancelled_campaign_skips_what_has_not_left()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        world.RefuseMail();
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone);
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sending);

        await world.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        world.Mail.Script = null;

        Assert.Equal(Reason.Cancelled, Assert.Single(await world.LedgerAsync(account, campaign.CampaignId)).Reason);
        // Another campaign gets through on the same lanes, so the cancelled message had its chance.
        await world.SendAsync(account, CampaignWorld.Everyone);
        Assert.Single(world.MailOf(contact));
    }
}
