using System.Buffers;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>How numbers are written: the API's one form, or the form of people, with a decimal mark, marks between thousands and a unit.</summary>
/// <param name="DecimalMark">What separates the fraction: a point or a comma.</param>
/// <param name="IsApi">True if nothing but digits, a sign, the point and an exponent is understood.</param>
internal sealed record NumberForm(char DecimalMark, bool IsApi)
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");

    /// <summary>The form of the API, as programs write numbers.</summary>
    public static NumberForm Api { get; } = new('.', IsApi: true);

    /// <summary>Numbers like 1,234.5.</summary>
    public static NumberForm Point { get; } = new('.', IsApi: false);

    /// <summary>Numbers like 1.234,5.</summary>
    public static NumberForm Comma { get; } = new(',', IsApi: false);

    /// <summary>Reads a number.</summary>
    public bool TryParse(string text, out decimal value)
    {
        value = 0;
        return (DecimalMark == '.' && Decimals.TryParse(text, out value)) || (!IsApi && TrySplit(text, out var parts) && TryParse(parts, out value));
    }

    /// <summary>Reads a number from its parts.</summary>
    public bool TryParse(in NumberParts parts, out decimal value)
    {
        value = 0;
        if (Plain(parts.Digits) is not { } plain || !Decimals.TryParse(plain, out value))
        {
            return false;
        }

        value = parts.IsNegative ? -value : value;
        return true;
    }

    /// <summary>Takes a number apart; false if the text has anything but digits, marks, a sign or parentheses, and one known unit.</summary>
    public static bool TrySplit(string text, out NumberParts parts)
    {
        parts = default;
        text = Narrow(text);
        var first = text.AsSpan().IndexOfAny(s_digits);
        if (first < 0)
        {
            return false;
        }

        var last = text.AsSpan().LastIndexOfAny(s_digits);
        var (before, after) = (text[..first].Trim(), text[(last + 1)..].Trim());
        var isNegative = before is ['(', ..] && after is [.., ')'];
        if (isNegative)
        {
            (before, after) = (before[1..].Trim(), after[..^1].Trim());
        }

        // A sign stands before or after the unit, once.
        var sign = before.AsSpan().IndexOfAny("+-−");
        var hasPlus = sign >= 0 && before[sign] == '+';
        if (sign >= 0 && (isNegative || (sign > 0 && sign < before.Length - 1)))
        {
            return false;
        }

        // SAP writes the sign at the end; shops write 5.- and 5,– for a price without a fraction.
        var digits = text[first..(last + 1)];
        var isLast = after is "-" or "−" && sign < 0 && digits.AsSpan().ContainsAny('.', ',');
        after = isLast || (after is ['.' or ',', .. var dashes] && dashes.Length > 0 && dashes.Trim('-', '–', '—').Length == 0) ? "" : after;
        isNegative = isNegative || isLast || (sign >= 0 && !hasPlus);
        before = sign < 0 ? before : sign == 0 ? before[1..].Trim() : before[..^1].Trim();
        var unit = before.Length == 0 ? after : after.Length == 0 ? before : null;
        if (unit is null || !(unit is "" || (unit == "%" && before.Length == 0) || Currencies.IsKnown(unit)))
        {
            return false;
        }

        parts = new(digits, unit, isNegative, hasPlus);
        return true;
    }

    // Digits and signs of the width of ideographs.
    private static string Narrow(string text) => !text.AsSpan().ContainsAnyInRange('！', '～') ? text
        : string.Concat(text.Select(character => character is >= '！' and <= '～' ? (char)(character - '！' + '!') : character));

    // The digits with a point, without marks between thousands; null if the marks stand at other places.
    private string? Plain(string digits)
    {
        var at = digits.IndexOf(DecimalMark, StringComparison.Ordinal);
        var (whole, fraction) = at < 0 ? (digits, "") : (digits[..at], digits[(at + 1)..]);
        if (fraction.AsSpan().ContainsAnyExcept(s_digits))
        {
            return null;
        }

        var mark = whole.AsSpan().IndexOfAnyExcept(s_digits) is var index and >= 0 ? whole[index] : '\0';
        var groups = whole.Split(mark);
        return IsGrouped(groups, mark) ? $"{string.Concat(groups)}{(at < 0 ? "" : ".")}{fraction}" : null;
    }

    // Thousands, or as in India hundreds above the first thousand.
    private static bool IsGrouped(string[] groups, char mark)
    {
        if (groups is [var only])
        {
            return only.Length > 0;
        }

        var isMark = mark is '.' or ',' or '\'' or '’' or ' ' or '\u00A0' or '\u202F' or '\u2009';
        var inner = groups.AsSpan(1, groups.Length - 2);
        return isMark && groups[0] is { Length: >= 1 and <= 3 } and not ['0', ..] && groups[^1].Length == 3 && Array.TrueForAll(groups, IsDigits)
            && (inner.IsEmpty || (inner[0].Length is 2 or 3 && AllAreOfLength(inner, inner[0].Length)));
    }

    private static bool IsDigits(string text) => !text.AsSpan().ContainsAnyExcept(s_digits);

    private static bool AllAreOfLength(ReadOnlySpan<string> groups, int length)
    {
        foreach (var group in groups)
        {
            if (group.Length != length)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The parts of a number as people write it.</summary>
/// <param name="Digits">From the first digit to the last, with marks.</param>
/// <param name="Unit">The currency or percent sign beside it; empty if there is none.</param>
/// <param name="IsNegative">True if it has a minus sign or stands in parentheses.</param>
/// <param name="HasPlus">True if it has a plus sign.</param>
internal readonly record struct NumberParts(string Digits, string Unit, bool IsNegative, bool HasPlus);
