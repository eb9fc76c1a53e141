using System.Net;
using System.Text.RegularExpressions;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>The unsubscribe link of a contact that was erased said that there is no such page.</summary>
public sealed class ErasedContactLinkTests(CampaignWorld world) : IClassFixture<CampaignWorld>, IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task An_old_link_of_an_erased_contact_says_so_and_records_nothing()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example");
        var link = await SendAsync(account, contact);
        await Eventually.ReadAsync(
            async () => await world.Activities.EraseContactDataAsync(new() { Account = account, ContactId = contact.ContactId }), answer => answer.Finished);

        using var asked = await _http.GetAsync(new Uri(link));
        using var first = await _http.PostAsync(new Uri(link), null);
        using var again = await _http.PostAsync(new Uri(link), null);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], [asked.StatusCode, first.StatusCode, again.StatusCode]);
        Assert.Contains("has been erased", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty((await world.Activities.ListSuppressionsAsync(new() { Account = account })).Suppressions);
        Assert.DoesNotContain(
            (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId })).Activities,
            activity => activity.Kind is Crm.Activity.V1.Activity.Types.Kind.Unsubscribed);
    }

    private async Task<string> SendAsync(string account, Contact contact)
    {
        var subject = $"Hello {Guid.NewGuid():N}";
        await world.SendAsync(account, contact.ContactId, new Message { Subject = subject, Html = """<a href="{{ unsubscribe_url }}">no more</a>""" });
        var mail = await world.Mail.WaitForAsync(m => m.Header("Subject") == subject, Eventually.Patience);
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        return WebUtility.HtmlDecode(Regex.Match(parsed.HtmlBody!, "http[^\"]*/u/[^\"]*").Value);
    }
}
