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
    private static readonly Channel[] s_email = [Channel.Email];
    private static readonly Channel[] s_sms = [Channel.Sms];

    private static readonly FrozenDictionary<string, HeaderMeaning> s_headers = Table(
        (new(s_email, SubscriptionPart.State),
        [
            "emailstatus", "memberstatus", "subscriberstatus", "subscriptionstatus", "emailsubscriptionstatus", "emailconsent", "emailmarketing",
            "emailmarketingstatus", "emailmarketingconsent", "marketingconsent", "marketingstatus", "consent", "subscribed", "issubscribed", "optin", "optedin",
            "emailoptin", "emailoptedin", "newsletter", "acceptsmarketing", "acceptsemailmarketing", "mailable", "emailable", .. ForeignWords.StateHeaders,
        ]),
        (new(s_email, SubscriptionPart.State, IsVague: true), ["status", "contactstatus", "liststatus", "marketing", .. ForeignWords.VagueHeaders]),
        (new(s_email, SubscriptionPart.OptOut),
            ["cleantime", "bounced", "bouncedat", "bouncedate", "hardbounced", "bouncetype", "dnc", "invalidemail", "invalidemailaddress", "emailinvalid", "emailaddressinvalid"]),
        (new(s_email, SubscriptionPart.OptOut, IsVague: true), ["blocked"]),
        (new(s_sms, SubscriptionPart.State), ["smsstatus", "smsconsent", "smsmarketing", "smsmarketingconsent", "smssubscribed", "acceptssmsmarketing"]),
        (new(s_sms, SubscriptionPart.OptOut), ["donotsms", "donottext"]));

    private static readonly string[] s_reasonStems = ["reason", "grund", "motif", "raison", "motivo", "reden", "powod", "suppressions", .. EasternWords.ReasonStems];
    private static readonly string[] s_bounceStems = ["hardbounce", "bounce", "spam", "blocked", "invalid"];

    // Nobody who wants no contact wants one by SMS.
    private static readonly string[] s_anyContact =
        ["donotcontact", "nepascontacter", "nocontactar", "noncontattare", "nietcontacter", "naocontatar", "naocontactar", "niekontaktowac", "kontaktsperr"];

    // Columns beside the refusals, and refusals of calls and letters.
    private static readonly string[] s_otherStems = ["count", "anzahl", "number", "campaign", "kampagne", "link", "url", "token", "hash", "softbounce", "回数"];
    private static readonly string[] s_otherChannels = ["phone", "telefon", "call", "anruf", "whatsapp", "push", "fax", "postal", "directmail", .. EasternWords.OtherChannels];
    private static readonly string[] s_newsletterNotes = ["id", "name", "type", "source", "quelle", "language", "frequency", "date", "datum"];

    /// <summary>Finds what a header means, or what it may mean by a part of it; null if it means nothing of the kind.</summary>
    public static HeaderMeaning? Find(string header)
    {
        var plain = PlainText.Of(header);
        if (s_headers.TryGetValue(plain, out var known))
        {
            return known;
        }

        if (ConsentWords.Contains(plain, s_otherStems) || (ConsentWords.Contains(plain, s_otherChannels) && !plain.Contains("email", StringComparison.Ordinal)))
        {
            return null;
        }

        return FindPart(plain) is { } part ? new(ChannelsOf(plain), part.Part, part.IsVague) : null;
    }

    private static (SubscriptionPart Part, bool IsVague)? FindPart(string plain)
    {
        var isRefusal = ConsentWords.Contains(plain, ForeignWords.RefusalStems) || ConsentWords.Contains(plain, ForeignWords.BanStems);
        if ((isRefusal || ConsentWords.Contains(plain, s_bounceStems)) && ConsentWords.Contains(plain, s_reasonStems))
        {
            return (SubscriptionPart.Reason, false);
        }

        var isVague = ConsentWords.Contains(plain, ForeignWords.VagueStems);
        var isConsent = ConsentWords.Contains(plain, ForeignWords.ConsentStems);
        var isNewsletter = ConsentWords.Contains(plain, ForeignWords.NewsletterStems);
        return isRefusal ? (SubscriptionPart.OptOut, false)
            : isNewsletter || isConsent ? (SubscriptionPart.State, IsVagueConsent(plain, isNewsletter))
            : isVague ? (SubscriptionPart.State, true)
            : null;
    }

    // "Newsletter abonniert" says it with yes and no, "Newsletter status" in words; "Photo consent" is about something else.
    private static bool IsVagueConsent(string plain, bool isNewsletter) =>
        plain.Contains("status", StringComparison.Ordinal) || plain.Contains("state", StringComparison.Ordinal)
        || Array.Exists(s_newsletterNotes, note => plain.EndsWith(note, StringComparison.Ordinal))
        || (!isNewsletter && !ConsentWords.Contains(plain, ForeignWords.MailingStems));

    private static Channel[] ChannelsOf(string plain)
    {
        var (isSms, isEmail) = (plain.Contains("sms", StringComparison.Ordinal), plain.Contains("mail", StringComparison.Ordinal));
        return (isSms && isEmail) || (!isSms && !isEmail && ConsentWords.Contains(plain, s_anyContact)) ? [Channel.Email, Channel.Sms] : isSms ? s_sms : s_email;
    }

    private static FrozenDictionary<string, HeaderMeaning> Table(params (HeaderMeaning Meaning, string[] Headers)[] rows) => rows
        .SelectMany(row => row.Headers.Select(header => (header, row.Meaning)))
        .DistinctBy(row => row.header)
        .ToFrozenDictionary(row => row.header, row => row.Meaning, StringComparer.Ordinal);
}
