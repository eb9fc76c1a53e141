using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Webhooks;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using Xunit.Abstractions;
using Channel = Crm.Common.V1.Channel;
using ConsentState = Crm.Contacts.V1.Consent.Types.State;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>
/// Fault A4 of the page of faults: the unsubscribe of an old message of a merged contact went nowhere. What a message in somebody's inbox does
/// reaches the contact that the person is now, and the address that the message went to.
/// </summary>
public sealed partial class FaultA4Tests(CampaignWorld world, ITestOutputHelper output) : IClassFixture<CampaignWorld>, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        DefaultRequestHeaders = { { "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" } },
    };

    [Theory]
    [InlineData("merged into a newer contact")]
    [InlineData("merged into an older contact")]
    [InlineData("merged twice")]
    [InlineData("merged and the other one deleted")]
    [InlineData("merged, restored and merged into another one")]
    [InlineData("merged and restored")]
    [InlineData("deleted")]
    [InlineData("deleted and restored")]
    [InlineData("another address")]
    [InlineData("merged, and another address")]
    public async Task FaultA4_old_messages_reach_the_contact_that_the_person_is_now(string change)
    {
        var account = await world.Apps.NewAccountAsync();
        var (older, contact, newer) = (await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account));
        var mail = await SendAsync(account, contact);

        var now = change switch
        {
            "merged into a newer contact" => await MergeAsync(account, contact, newer),
            "merged into an older contact" => await MergeAsync(account, contact, older),
            "merged twice" => await MergeAsync(account, await MergeAsync(account, contact, newer), older),
            "merged and the other one deleted" => await DeleteAsync(account, await MergeAsync(account, contact, newer)),
            "merged, restored and merged into another one" => await MergeAsync(account, await RestoreAsync(account, await MergeAsync(account, contact, newer), contact), older),
            "merged and restored" => await RestoreAsync(account, await MergeAsync(account, contact, newer), contact),
            "deleted" => await DeleteAsync(account, contact),
            "deleted and restored" => await RestoreAsync(account, await DeleteAsync(account, contact), contact),
            "another address" => await MoveAsync(account, contact),
            _ => await MoveAsync(account, await MergeAsync(account, contact, newer)),
        };
        await _http.GetAsync(mail.Click);
        await ReportAsync(mail, EventType.Delivered);
        await ReportAsync(mail, EventType.Bounced);
        Assert.Empty(await SuppressedAsync(account));
        await ReportAsync(mail, EventType.Complained);
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);

        await Eventually.ReadAsync(
            () => KindsAsync(account, now),
            kinds => kinds.Intersect([Kind.Clicked, Kind.Delivered, Kind.Bounced, Kind.Complained, Kind.Unsubscribed]).Count() == 5,
            "the activity to be that of the person");
        await Eventually.ReadAsync(() => GetAsync(account, now), HasRefused, "the person to be unsubscribed");
        Assert.Equal([mail.Address], await SuppressedAsync(account));
        if (now.ContactId != contact.ContactId)
        {
            Assert.Equal([Kind.Sent], await KindsAsync(account, contact));
            Assert.True(HasRefused(await GetAsync(account, contact)), "the refusal to be kept for the merged contact, should it be restored");
        }
    }

    [Fact]
    public async Task FaultA4_a_merged_recipient_still_counts_for_its_campaign()
    {
        var account = await world.Apps.NewAccountAsync();
        var (first, second) = (await world.ContactAsync(account), await world.ContactAsync(account));
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message = Html("Results"));
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var (ofFirst, ofSecond) = (await ReadAsync(account, first), await ReadAsync(account, second));
        await world.WaitForCampaignAsync(account, campaign.CampaignId, Campaign.Types.State.Sent);
        await MergeAsync(account, first, second);

        await _http.GetAsync(ofFirst.Click);
        await _http.GetAsync(ofSecond.Click);

        await Eventually.ReadAsync(
            async () => await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign.CampaignId }),
            statistics => statistics.Clicked == 2,
            "both recipients to have clicked");
        var proof = await world.Campaigns.ExplainRecipientAsync(new() { Account = account, CampaignId = campaign.CampaignId, ContactId = first.ContactId });
        Assert.Equal([second.ContactId, first.ContactId], proof.Activities.Select(a => a.ContactId));
    }

    // An unsubscribe and merges at the same time: whichever comes first, the person at the end has refused.
    [Fact]
    public async Task FaultA4_an_unsubscribe_during_merges_is_never_lost()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var account = await world.Apps.NewAccountAsync();
            var contacts = new List<Contact>();
            for (var i = 0; i < 4; i++)
            {
                contacts.Add(await world.ContactAsync(account));
            }

            var person = contacts.OrderBy(_ => random.Next()).ToList();
            var mail = await SendAsync(account, person[0]);
            var delay = random.Next(30);

            await Task.WhenAll(MergeAllAsync(account, person), UnsubscribeAsync(mail, delay));

            await Eventually.ReadAsync(
                () => GetAsync(account, person[^1]), HasRefused, string.Create(CultureInfo.InvariantCulture, $"a refusal, seed {seed} round {round}"));
            Assert.Equal([mail.Address], await SuppressedAsync(account));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task MergeAllAsync(string account, List<Contact> person)
    {
        for (var i = 1; i < person.Count; i++)
        {
            await MergeAsync(account, person[i - 1], person[i]);
        }
    }

    private async Task UnsubscribeAsync(SentMail mail, int delay)
    {
        await Task.Delay(delay);
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(mail.Unsubscribe, null)).StatusCode);
    }

    private async Task<Contact> MergeAsync(string account, Contact duplicate, Contact into) => (await world.Apps.Contacts.MergeContactsAsync(
        new() { Account = account, ContactId = into.ContactId, DuplicateContactId = duplicate.ContactId })).Contact;

    private async Task<Contact> DeleteAsync(string account, Contact contact) =>
        (await world.Apps.Contacts.DeleteContactAsync(new() { Account = account, ContactId = contact.ContactId })).Contact;

    // After what was done to it, which is said in the order of time.
    private async Task<Contact> RestoreAsync(string account, Contact after, Contact contact)
    {
        Assert.NotNull(after);
        return (await world.Apps.Contacts.RestoreContactAsync(new() { Account = account, ContactId = contact.ContactId })).Contact;
    }

    private async Task<Contact> MoveAsync(string account, Contact contact) => (await world.Apps.Contacts.UpdateContactAsync(new()
    {
        Account = account,
        Contact = new() { ContactId = contact.ContactId, Email = $"{Guid.NewGuid():N}@moved.example" },
        UpdateMask = new() { Paths = { "email" } },
    })).Contact;

    private async Task<Contact> GetAsync(string account, Contact contact) =>
        (await world.Apps.Contacts.GetContactAsync(new() { Account = account, ContactId = contact.ContactId })).Contact;

    private static bool HasRefused(Contact contact) =>
        contact.Consents.Any(consent => consent is { Channel: Channel.Email, State: ConsentState.Unsubscribed });

    private async Task<List<Kind>> KindsAsync(string account, Contact contact) =>
        [.. (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId })).Activities.Select(a => a.Kind).Distinct()];

    private async Task<List<string>> SuppressedAsync(string account) =>
        [.. (await world.Activities.ListSuppressionsAsync(new() { Account = account })).Suppressions.Select(s => s.Address)];

    private Task<int> ReportAsync(SentMail mail, EventType type) => world.Apps.App(Service.Campaigns).Services.GetRequiredService<WebhookRecorder>().RecordAsync(
        "generic",
        [new ProviderEvent(type) { MessageId = mail.MessageId, Email = mail.Address, EventId = $"{type} {mail.MessageId}" }],
        account: null,
        CancellationToken.None);

    private static Message Html(string subject) => new() { Subject = subject, Html = """<p><a href="https://example.org/x">x</a></p>""" };

    private async Task<SentMail> SendAsync(string account, Contact contact)
    {
        await world.SendAsync(account, contact.ContactId, Html("Hello"));
        return await ReadAsync(account, contact);
    }

    private async Task<SentMail> ReadAsync(string account, Contact contact)
    {
        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        await Eventually.ReadAsync(() => KindsAsync(account, contact), kinds => kinds.Contains(Kind.Sent), "the message to be sent");
        return await ReadAsync(contact, mail);
    }

    private static async Task<SentMail> ReadAsync(Contact contact, SmtpMessage mail)
    {
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        var links = Links().Matches(parsed.HtmlBody!).Select(match => WebUtility.HtmlDecode(match.Value)).ToList();
        return new SentMail(contact.Email, mail.Header("Message-ID")!, links.First(l => l.Contains("/c/", StringComparison.Ordinal)), links.First(l => l.Contains("/u/", StringComparison.Ordinal)));
    }

    [GeneratedRegex("http[^\"]*/[cu]/[^\"]*")]
    private static partial Regex Links();

    private sealed record SentMail(string Address, string MessageId, string Click, string Unsubscribe);
}
