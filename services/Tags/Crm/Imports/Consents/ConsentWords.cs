using System.Collections.Frozen;
using TagSegments.Tags.Crm.Fields;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// The words by which tools export the state of a subscription. Whoever cannot be mailed there, for example because addresses bounced or were
/// never confirmed, has not agreed to be mailed from here.
/// </summary>
internal static class ConsentWords
{
    private static readonly string[] s_stems = ["subscri", "unsub", "opt", "cleaned", "bounce", "complain", "spam", "blocklist", "blacklist", "suppress"];

    private static readonly FrozenDictionary<string, State> s_words = Table(
        (State.Subscribed,
        [
            "subscribed", "subscribe", "optin", "optedin", "in", "confirmed", "enabled", "granted", "accepted", "agreed", "consented", "active", "y", "on",
        ]),
        (State.Unsubscribed,
        [
            "unsubscribed", "unsubscribe", "unsub", "nonsubscribed", "notsubscribed", "optout", "optedout", "out", "declined", "refused", "denied",
            "revoked", "withdrawn", "cleaned", "bounced", "bounce", "hardbounce", "hardbounced", "softbounced", "invalid", "undeliverable", "complained",
            "complaint", "spam", "spamcomplaint", "reportedspam", "markedasspam", "abuse", "blocked", "blocklisted", "blacklisted", "suppressed",
            "disabled", "archived", "deleted", "removed", "pending", "unconfirmed", "notconfirmed", "donotemail", "donotcontact", "n", "off",
        ]),
        (State.Never, ["never", "neversubscribed", "unknown", "none", "notset", "unset", "null", "na"]));

    /// <summary>Reads a state; false if the word is no known one. With <paramref name="booleans"/>, yes is subscribed and no unsubscribed.</summary>
    public static bool TryRead(string text, bool booleans, out State state)
    {
        if (booleans && BooleanText.TryParse(text, out var agreed))
        {
            state = agreed ? State.Subscribed : State.Unsubscribed;
            return true;
        }

        return s_words.TryGetValue(Plain(text), out state);
    }

    /// <summary>True for a word that can hardly mean anything but a subscription.</summary>
    public static bool IsPlain(string text) => Array.Exists(s_stems, stem => Plain(text).Contains(stem, StringComparison.Ordinal));

    /// <summary>Reduces a text to its letters and digits, in lower case.</summary>
    public static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static FrozenDictionary<string, State> Table(params (State State, string[] Words)[] rows) => rows
        .SelectMany(row => row.Words.Select(word => (word, row.State)))
        .ToFrozenDictionary(row => row.word, row => row.State, StringComparer.Ordinal);
}
