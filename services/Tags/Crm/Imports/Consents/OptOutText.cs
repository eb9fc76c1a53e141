using System.Collections.Frozen;
using NodaTime;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Guesses;
using State = Crm.Contacts.V1.Consent.Types.State;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Reads whether, or when, somebody opted out.</summary>
internal static class OptOutText
{
    private static readonly FrozenSet<string> s_nothing = FrozenSet.ToFrozenSet(
        ["none", "null", "na", "nan", "nil", "n", "off", "never", "keine", "keiner", "keins", "aucun", "aucune", "ninguno", "ninguna", "nessuno", "nessuna", "geen", "nenhum", "nenhuma", "brak"]);

    /// <summary>Reads yes, no, a word like "unsubscribed", or the time of the refusal.</summary>
    public static bool TryRead(string text, TextForm form, out bool optsOut, out DateTime? at)
    {
        (optsOut, at) = (false, null);
        if (BooleanText.TryParse(text, out optsOut))
        {
            return true;
        }

        if (TryReadTime(text, form, out var utc))
        {
            (optsOut, at) = (true, utc);
            return true;
        }

        if (UsualDates.Any(text))
        {
            // It says that, if not when: the form is known only once all values have been seen, and may be in doubt.
            optsOut = true;
            return true;
        }

        var plain = PlainText.Of(text);
        var isKnown = ConsentWords.TryRead(text, booleans: false, out var state);
        var isSaid = isKnown && state == State.Unsubscribed && plain is not ("n" or "off");
        optsOut = isSaid || plain is "y" or "on" or "x" or "hard" or "permanent";
        return isKnown || optsOut || plain is "soft" or "transient" or "temporary" || IsNothing(text);
    }

    /// <summary>True for a value that stands for an empty cell or for no.</summary>
    public static bool IsNothing(string text) => PlainText.Of(text) is var plain
        && (plain.Length == 0 || s_nothing.Contains(plain) || !plain.AsSpan().ContainsAnyExcept('0') || (BooleanText.TryParse(text, out var value) && !value));

    /// <summary>Reads a date-time, or a day as its first moment in the account's zone.</summary>
    public static bool TryReadTime(string text, TextForm form, out DateTime utc)
    {
        if (form.TryParseInstant(text, out utc))
        {
            return true;
        }

        if (!form.TryParseDay(text, out var day))
        {
            return false;
        }

        utc = (form.Zone ?? DateTimeZone.Utc).AtStartOfDay(LocalDate.FromDateOnly(day)).ToDateTimeUtc();
        return true;
    }
}
