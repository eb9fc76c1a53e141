using System.Collections.Frozen;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// The words by which tools export the state of a subscription. Whoever cannot be mailed there, for example because addresses bounced or were
/// never confirmed, has not agreed to be mailed from here.
/// </summary>
internal static class ConsentWords
{
    private const int LongestPhrase = 100;
    private const int LongestCode = 3;
    private static readonly string[] s_stems =
        ["subscri", "unsub", "opt", "cleaned", "bounce", "complain", "spam", "blocklist", "blacklist", "suppress", "abonn", "suscri", "debaja", "baja"];

    private static readonly FrozenSet<string> s_negations = FrozenSet.ToFrozenSet(
        ["not", "never", "no", "isnt", "hasnt", "nicht", "nie", "kein", "keine", "pas", "jamais", "nunca", "jamas", "non", "mai", "niet", "nooit", "nao"]);

    private static readonly FrozenSet<string> s_ofAnyTrade = FrozenSet.ToFrozenSet(
        ["pending", "archived", "deleted", "removed", "disabled", "invalid", "denied", "declined", "refused", "withdrawn", "ausstehend", "geloscht", "geloescht", "deaktiviert", "enattente", "pendiente", "pendente"]);

    private static readonly FrozenDictionary<string, State> s_words = Table(
        (State.Subscribed,
        [
            "subscribed", "subscribe", "optin", "optedin", "in", "confirmed", "enabled", "granted", "accepted", "agreed", "consented", "active", "y", "on",
            .. ForeignWords.Agreed,
        ]),
        (State.Unsubscribed,
        [
            "unsubscribed", "unsubscribe", "unsub", "nonsubscribed", "notsubscribed", "nolongersubscribed", "optout", "optedout", "notoptedin", "out", "declined",
            "refused", "denied", "cancelled", "canceled", "revoked", "withdrawn", "cleaned", "bounced", "bounce", "hardbounce", "hardbounced", "softbounced", "invalid", "undeliverable",
            "unreachable", "complained", "complaint", "spam", "spamcomplaint", "reportedspam", "markedasspam", "abuse", "blocked", "blocklisted", "blacklisted",
            "suppressed", "disabled", "archived", "deleted", "removed", "pending", "unconfirmed", "notconfirmed", "donotemail", "donotcontact", "n", "off",
            .. ForeignWords.Refused,
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

        state = State.Unspecified;
        if (text.Length > LongestPhrase)
        {
            return false;
        }

        var plain = PlainText.Of(text);
        if (s_words.TryGetValue(plain, out state))
        {
            return true;
        }

        // "Unsubscribed by admin", "hat sich abgemeldet".
        state = State.Unsubscribed;
        return Contains(plain, ForeignWords.RefusalStems) && !IsNegated(text) && !Array.Exists(EasternWords.Negations, end => plain.EndsWith(end, StringComparison.Ordinal));
    }

    /// <summary>True for a word that can hardly mean anything but a subscription.</summary>
    public static bool IsPlain(string text) => PlainText.Of(text) is var plain && (Contains(plain, s_stems) || Contains(plain, ForeignWords.RefusalStems));

    /// <summary>True for a word that states of orders and tickets have all the time.</summary>
    public static bool IsOfAnyTrade(string text) => PlainText.Of(text) is var plain && (plain.Length <= LongestCode || s_ofAnyTrade.Contains(plain));

    /// <summary>True if a text has one of the stems in it.</summary>
    public static bool Contains(string plain, string[] stems) => Array.Exists(stems, stem => plain.Contains(stem, StringComparison.Ordinal));

    private static bool IsNegated(string text) =>
        text.Split([' ', '-', '_', '\''], StringSplitOptions.RemoveEmptyEntries).Any(word => s_negations.Contains(PlainText.Of(word)));

    private static FrozenDictionary<string, State> Table(params (State State, string[] Words)[] rows) => rows
        .SelectMany(row => row.Words.Select(word => (word, row.State)))
        .DistinctBy(row => row.word)
        .ToFrozenDictionary(row => row.word, row => row.State, StringComparer.Ordinal);
}
