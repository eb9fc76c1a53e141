using System.Net;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Webhooks;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>While the contact service is away, people get out all the same, and what they did is recorded for the right contact later.</summary>
public sealed partial class FaultA4Tests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FaultA4_an_unsubscribe_while_nobody_knows_of_merges_ends_on_the_right_contact(bool isMerged)
    {
        var account = await world.Apps.NewAccountAsync();
        var (contact, other) = (await world.ContactAsync(account), await world.ContactAsync(account));
        var mail = await SendAsync(account, contact);
        var campaign = await SendCampaignAsync(account, contact);
        var now = isMerged ? await MergeAsync(account, contact, other) : contact;

        await world.Apps.StopAsync(Service.Tags);
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(campaign.Mail.Unsubscribe, null)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);
        }
        finally
        {
            await world.Apps.StartAsync(Service.Tags);
        }

        await Eventually.ReadAsync(() => UnsubscribesAsync(account, now), count => count == 2, "both unsubscribes to be recorded");
        await Eventually.ReadAsync(() => GetAsync(account, now), HasRefused, "the person to be unsubscribed");
        Assert.Equal([mail.Address], await SuppressedAsync(account));
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);
        Assert.Equal(2, await UnsubscribesAsync(account, now));
        Assert.Equal(isMerged ? 0 : 2, await UnsubscribesAsync(account, contact));
        var statistics = await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        Assert.Equal(1, statistics.Unsubscribed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FaultA4_an_unsubscribe_at_the_provider_is_that_of_the_person(bool isMerged)
    {
        var account = await world.Apps.NewAccountAsync();
        var (contact, other) = (await world.ContactAsync(account), await world.ContactAsync(account));
        var mail = await SendAsync(account, contact);
        var now = isMerged ? await MergeAsync(account, contact, other) : contact;

        await ReportAsync(mail, EventType.Unsubscribed);

        await Eventually.ReadAsync(() => GetAsync(account, now), HasRefused, "the person to be unsubscribed");
        Assert.Equal([mail.Address], await SuppressedAsync(account));
        Assert.Equal(1, await UnsubscribesAsync(account, now));
    }

    private async Task<(string CampaignId, SentMail Mail)> SendCampaignAsync(string account, Crm.Contacts.V1.Contact contact)
    {
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message = Html("Results"));
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, Campaign.Types.State.Sent);
        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email) && m.Header("Subject") == "Results", Eventually.Patience);
        return (campaign.CampaignId, await ReadAsync(contact, mail));
    }

    private async Task<int> UnsubscribesAsync(string account, Crm.Contacts.V1.Contact contact) =>
        (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId, Kinds = { Kind.Unsubscribed } })).Activities.Count;
}
