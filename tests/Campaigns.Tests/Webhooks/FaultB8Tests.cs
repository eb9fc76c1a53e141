using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Webhooks;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>
/// Faults B7 to B9 of the page of faults: bounces without our id were lost, those of dropped messages too, and hard and soft ones were one kind.
/// </summary>
public sealed class FaultB8Tests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Theory]
    [InlineData("generic", true)]
    [InlineData("sendgrid", true)]
    [InlineData("sendgrid", false)]
    [InlineData("ses", true)]
    public async Task FaultB8_a_bounce_without_our_id_is_matched_by_address_and_time(string provider, bool ofAccount)
    {
        var account = await world.Apps.NewAccountAsync();
        var (contact, other) = (await world.ContactAsync(account), await world.ContactAsync(account));
        await SendAsync(account, other);
        await SendAsync(account, contact);
        var last = await SendAsync(account, contact);

        var recorded = await RecordAsync(provider, ofAccount ? account : null, Bounced($" {contact.Email.ToUpperInvariant()} ", Bounce.Hard));

        Assert.Equal(1, recorded);
        Assert.Equal([contact.Email], await SuppressedAsync(account));
        var entry = (await world.Messages.GetMessageAsync(new() { Account = account, MessageId = last })).Recipient;
        Assert.Equal((Bounce.Hard, "550 no such user", Recipient.Types.State.Accepted), (entry.Bounce, entry.Detail, entry.State));
        Assert.NotNull(entry.BounceTime);
        Assert.Single(await ActivitiesAsync(account, contact), a => a is { Kind: Kind.Bounced, Bounce: Bounce.Hard });
        Assert.Empty(await BouncesAsync(account, other));
    }

    [Fact]
    public async Task FaultB8_only_a_message_before_the_event_and_within_the_window_is_meant()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        await SendAsync(account, contact);

        Assert.Equal(0, await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Hard) with { At = DateTime.UtcNow.AddHours(-1) }));
        await world.ExecuteAsync("UPDATE campaigns.recipient SET accepted_at = now() - interval '31 days' WHERE address = @Email", new { contact.Email });
        Assert.Equal(0, await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Hard)));
        Assert.Equal(0, await RecordAsync("sendgrid", account, Bounced("nobody@x.example", Bounce.Hard)));
        Assert.Equal(0, await RecordAsync("sendgrid", account, Bounced("", Bounce.Hard)));
        await world.ExecuteAsync("UPDATE campaigns.recipient SET accepted_at = now() - interval '29 days' WHERE address = @Email", new { contact.Email });

        Assert.Equal(1, await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Hard)));
    }

    // The key of one account says nothing about the messages of another, and a foreign id is a foreign message.
    [Fact]
    public async Task FaultB8_an_address_of_another_account_and_a_message_of_others_are_not_meant()
    {
        var (account, other) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        var contact = await world.ContactAsync(account);
        await SendAsync(account, contact);

        Assert.Equal(0, await RecordAsync("sendgrid", other, Bounced(contact.Email, Bounce.Hard)));
        Assert.Equal(0, await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Hard) with { MessageId = "<other@example.org>" }));
        Assert.Empty(await SuppressedAsync(account));
    }

    [Fact]
    public async Task FaultB8_an_event_without_an_id_that_comes_twice_is_recorded_once()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        await SendAsync(account, contact);
        var bounce = Bounced(contact.Email, Bounce.Soft);

        await RecordAsync("sendgrid", account, bounce, bounce);
        await RecordAsync("sendgrid", account, bounce);

        Assert.Single(await BouncesAsync(account, contact));
    }

    [Fact]
    public async Task FaultB9_hard_and_soft_bounces_are_told_apart_in_ledger_and_statistics()
    {
        var account = await world.Apps.NewAccountAsync();
        var contacts = new List<Contact>();
        for (var i = 0; i < 4; i++)
        {
            contacts.Add(await world.ContactAsync(account));
        }

        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);

        await RecordAsync(
            "sendgrid", account, Bounced(contacts[0].Email, Bounce.Hard), Bounced(contacts[1].Email, Bounce.Soft), Bounced(contacts[2].Email, Bounce.Unspecified),
            Bounced(contacts[3].Email, Bounce.Soft), Bounced(contacts[3].Email, Bounce.Hard));

        var ledger = await world.LedgerAsync(account, campaign.CampaignId);
        Assert.Equal([Bounce.Hard, Bounce.Soft, Bounce.Unspecified, Bounce.Hard], ledger.Select(r => r.Bounce));
        Assert.All(ledger, r => Assert.NotNull(r.BounceTime));
        var statistics = await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        Assert.Equal((4, 2, 2), (statistics.Bounced, statistics.HardBounced, statistics.SoftBounced));
        var groups = await world.Campaigns.BreakDownResultsAsync(new() { Account = account, CampaignIds = { campaign.CampaignId }, Segments = new() });
        Assert.Equal((4, 2, 2), (groups.Total.Bounced, groups.Total.HardBounced, groups.Total.SoftBounced));
        Assert.Equal(new[] { contacts[0].Email, contacts[3].Email }.Order(StringComparer.Ordinal), await SuppressedAsync(account));
        Assert.Equal(2, await CountAsync(account, "bounced email (hard)"));
        Assert.Equal(2, await CountAsync(account, "bounced email (soft)"));
        Assert.Equal(4, await CountAsync(account, "bounced email"));
    }

    [Fact]
    public async Task FaultB9_five_soft_bounces_within_a_month_suppress_the_address()
    {
        var account = await world.Apps.NewAccountAsync();
        var (contact, seldom) = (await world.ContactAsync(account), await world.ContactAsync(account));
        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(await SuppressedAsync(account));
            await SendAsync(account, contact);
            await SendAsync(account, seldom);
            // One message bounces once, however often the provider says so.
            await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Soft), Bounced(contact.Email, Bounce.Soft), Bounced(seldom.Email, Bounce.Soft));
            await world.ExecuteAsync("UPDATE campaigns.recipient SET bounced_at = now() - interval '31 days' WHERE address = @Email", new { seldom.Email });
        }

        Assert.Equal([contact.Email], await SuppressedAsync(account));
        await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = contact.Email, Proof = "signed form" });
        await SendAsync(account, contact);
        await RecordAsync("sendgrid", account, Bounced(contact.Email, Bounce.Soft));
        Assert.Empty(await SuppressedAsync(account));
    }

    private static ProviderEvent Bounced(string email, Bounce bounce) => new(EventType.Bounced)
    {
        Email = email,
        Bounce = bounce,
        Detail = "550 no such user",
        EventId = Guid.NewGuid().ToString(),
        At = DateTime.UtcNow,
    };

    private async Task<int> RecordAsync(string provider, string? account, params ProviderEvent[] events)
    {
        var services = world.Apps.App(Service.Campaigns).Services;
        var id = account is null ? (int?)null : (await services.GetRequiredService<AccountDirectory>().GetAsync(account, CancellationToken.None)).Id;
        return await services.GetRequiredService<WebhookRecorder>().RecordAsync(provider, events, id, CancellationToken.None);
    }

    private async Task<string> SendAsync(string account, Contact contact)
    {
        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("x"));
        await world.WaitForMessageAsync(account, sent.MessageId, Recipient.Types.State.Accepted);
        return sent.MessageId;
    }

    private async Task<int> CountAsync(string account, string filter) => (int)(await world.Apps.Segments.CountContactsAsync(
        new() { Account = account, Source = new() { Text = filter } })).Count;

    private async Task<IReadOnlyList<Activity>> ActivitiesAsync(string account, Contact contact) =>
        (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId })).Activities;

    private async Task<List<Activity>> BouncesAsync(string account, Contact contact) =>
        [.. (await ActivitiesAsync(account, contact)).Where(a => a.Kind == Kind.Bounced)];

    private async Task<List<string>> SuppressedAsync(string account) =>
        [.. (await world.Activities.ListSuppressionsAsync(new() { Account = account })).Suppressions.Select(s => s.Address)];
}
