using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Values;

/// <summary>Reads operands: the one place that decides which texts are numbers, dates, instants and truth values.</summary>
public static class FilterValues
{
    /// <summary>The first instant that a filter can name: a day is left for the zones.</summary>
    public static readonly Instant FirstInstant = Instant.FromUtc(1, 1, 2, 0, 0);

    /// <summary>The last instant that a filter can name.</summary>
    public static readonly Instant LastInstant = Instant.FromUtc(9999, 12, 30, 0, 0);

    private static readonly InstantPattern s_stored = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss.ffffff'Z'");

    /// <summary>Reads a plain decimal, for example <c>-12.50</c>: no exponent, at most 28 digits.</summary>
    public static bool TryNumber(string text, out decimal value)
    {
        value = 0;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return text.Length > 0
            && char.IsAsciiDigit(text[^1])
            && (text[0] == '-' ? text.Length > 1 && char.IsAsciiDigit(text[1]) : char.IsAsciiDigit(text[0]))
            && text.All(c => char.IsAsciiDigit(c) || c is '-' or '.')
            && text.TrimStart('-').TrimStart('0').Count(char.IsAsciiDigit) <= FilterLimits.DecimalDigits
            && decimal.TryParse(text, style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads a day from 0001-01-01 to 9999-12-31.</summary>
    public static bool TryDate(string text, out LocalDate value) =>
        LocalDatePattern.Iso.Parse(text).TryGetValue(default, out value) && value.Year >= 1;

    /// <summary>Reads a day of the year such as <c>--04-17</c>, as that day of a leap year.</summary>
    public static bool TryYearlyDay(string text, out LocalDate value)
    {
        value = default;
        return text.StartsWith("--", StringComparison.Ordinal) && TryDate($"2000-{text[2..]}", out value);
    }

    /// <summary>Reads an instant in RFC 3339 from 0001-01-02 to 9999-12-30, cut to microseconds as everything stored is.</summary>
    public static bool TryInstant(string text, out Instant value)
    {
        if (!OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time))
        {
            value = default;
            return false;
        }

        value = ToMicroseconds(time.ToInstant());
        return value >= FirstInstant && value <= LastInstant;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public static bool TryBoolean(string text, out bool value)
    {
        value = text == "true";
        return value || text == "false";
    }

    /// <summary>Writes an instant as custom fields store it: fixed width, so that the order of the texts is the order of time.</summary>
    public static string ToStored(Instant value) => s_stored.Format(value);

    /// <summary>Cuts an instant to whole microseconds, the resolution of the database.</summary>
    public static Instant ToMicroseconds(Instant value) => Instant.FromUnixTimeTicks(value.ToUnixTimeTicks() / 10 * 10);

    /// <summary>Whether the text is absent, empty or white space only.</summary>
    public static bool IsBlank([NotNullWhen(false)] string? text) => string.IsNullOrWhiteSpace(text);

    /// <summary>Whether the text can be stored and compared: no NUL, no lone surrogate, not too long.</summary>
    public static bool IsStorable(string text) => IsText(text) && Encoding.UTF8.GetByteCount(text) <= FilterLimits.TextBytes;

    /// <summary>Whether there is no NUL and no lone surrogate in the text.</summary>
    public static bool IsText(string text) => !text.Contains('\0') && !HasLoneSurrogate(text);

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
