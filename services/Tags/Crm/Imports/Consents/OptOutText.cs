using NodaTime;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Guesses;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Reads whether, or when, somebody opted out.</summary>
internal static class OptOutText
{
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

        var isKnown = ConsentWords.TryRead(text, booleans: false, out var state);
        optsOut = state == State.Unsubscribed || ConsentWords.Plain(text) is "y" or "on" or "x";
        if (ConsentWords.Plain(text) is "n" or "off")
        {
            optsOut = false;
        }

        return isKnown || optsOut;
    }

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
