using System.Net;
using System.Text.RegularExpressions;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>A mail that arrived, with the links of its pixel, its first link and its refusal.</summary>
internal sealed record SentMail(string Account, Contact Contact, string Open, string Click, string Unsubscribe)
{
    /// <summary>Sends a contact a mail and waits until it arrives.</summary>
    public static async Task<SentMail> SendAsync(CampaignWorld world, string account, Contact contact, string html)
    {
        var subject = $"Hello {Guid.NewGuid():N}";
        await world.SendAsync(account, contact.ContactId, new Message { Subject = subject, Html = html });
        var mail = await world.Mail.WaitForAsync(m => m.Header("Subject") == subject, Eventually.Patience);
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        var body = parsed.HtmlBody!;
        return new SentMail(account, contact, Link(body, "o"), WebUtility.HtmlDecode(body.Split("href=\"")[1].Split('"')[0]), Link(body, "u"));
    }

    private static string Link(string html, string kind) => WebUtility.HtmlDecode(Regex.Match(html, $"http[^\"]*/{kind}/[^\"]*").Value);
}
