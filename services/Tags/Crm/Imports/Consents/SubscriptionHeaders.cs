using System.Collections.Frozen;
using Crm.Common.V1;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// The headers under which tools export whether somebody may be mailed. Such a column is looked at even if no option maps it: its refusals are
/// taken, so that nobody who opted out arrives mailable. What it grants is not taken.
/// </summary>
internal static class SubscriptionHeaders
{
    private static readonly FrozenDictionary<string, ConsentTarget> s_headers = Table(
        (new(Channel.Email, ConsentPart.State),
        [
            "status", "emailstatus", "memberstatus", "contactstatus", "subscriberstatus", "subscriptionstatus", "emailsubscriptionstatus", "liststatus",
            "emailconsent", "emailmarketing", "emailmarketingstatus", "emailmarketingconsent", "marketingconsent", "marketingstatus", "marketing",
            "consent", "subscribed", "issubscribed", "optin", "optedin", "emailoptin", "emailoptedin", "newsletter", "acceptsmarketing",
            "acceptsemailmarketing", "mailable", "emailable",
        ]),
        (new(Channel.Email, ConsentPart.OptOut),
        [
            "optout", "optedout", "emailoptout", "emailoptedout", "hasoptedoutofemail", "optoutdate", "optouttime", "optedoutat", "optedouton", "unsubscribed",
            "unsubscribe", "isunsubscribed", "unsubscribedat", "unsubscribedon", "unsubscribeddate", "unsubscribedate", "unsubscribetime", "unsubtime",
            "unsubscribedfromallemail", "emailunsubscribed", "globallyunsubscribed", "donotemail", "donotmail", "cleantime", "bounced", "bouncedat",
            "hardbounced", "complained", "suppressed", "blocked", "blocklisted", "blacklisted", "emailblacklisted", "emailblocklisted",
        ]),
        (new(Channel.Sms, ConsentPart.State), ["smsstatus", "smsconsent", "smsoptin", "smsoptedin", "smsmarketing", "smsmarketingconsent", "smssubscribed", "acceptssmsmarketing"]),
        (new(Channel.Sms, ConsentPart.OptOut), ["smsoptout", "smsoptedout", "smsunsubscribed", "smsblacklisted", "smsblocklisted", "donotsms", "donottext"]));

    // "Email permission status", "Newsletter state": no list has them all, and their values tell.
    private static readonly string[] s_stems = ["status", "state", "consent", "permission", "subscri", "newsletter", "mailing", "emailmarketing"];

    /// <summary>Finds what a header means, or what it may mean by a part of it; null if it means nothing of the kind.</summary>
    public static ConsentTarget? Find(string header)
    {
        var plain = ConsentWords.Plain(header);
        return s_headers.TryGetValue(plain, out var target) ? target
            : !Array.Exists(s_stems, stem => plain.Contains(stem, StringComparison.Ordinal)) ? null
            : new ConsentTarget(plain.Contains("sms", StringComparison.Ordinal) ? Channel.Sms : Channel.Email, ConsentPart.State);
    }

    /// <summary>True for a header like "Status", which has other meanings, too: yes, no and words of other trades say nothing there.</summary>
    public static bool IsVague(string header) =>
        ConsentWords.Plain(header) is var plain && (plain is "status" or "contactstatus" or "liststatus" or "marketing" or "blocked" || !s_headers.ContainsKey(plain));

    private static FrozenDictionary<string, ConsentTarget> Table(params (ConsentTarget Target, string[] Headers)[] rows) => rows
        .SelectMany(row => row.Headers.Select(header => (header, row.Target)))
        .ToFrozenDictionary(row => row.header, row => row.Target, StringComparer.Ordinal);
}
