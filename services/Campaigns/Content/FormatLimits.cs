namespace TagSegments.Campaigns.Content;

/// <summary>
/// Tells formats that make short texts from ones such as <c>%100000000d</c>, which make texts of any length: a width or precision has at most two
/// digits.
/// </summary>
internal static class FormatLimits
{
    private const int MaxDigits = 2;

    /// <summary>Whether the widths in a format for <c>date</c> are short: <c>%-10d</c>; flags can stand between its digits.</summary>
    public static bool OfDate(string format)
    {
        for (var i = format.IndexOf('%', StringComparison.Ordinal); i >= 0 && i + 1 < format.Length; i = format.IndexOf('%', i + 1))
        {
            var digits = 0;
            for (i++; i < format.Length && (char.IsDigit(format[i]) || format[i] is '^' or '-' or '_' or ':'); i++)
            {
                digits += char.IsDigit(format[i]) ? 1 : 0;
            }

            if (digits > MaxDigits || i >= format.Length)
            {
                return digits <= MaxDigits;
            }
        }

        return true;
    }

    /// <summary>Whether the precision in a format for numbers is short: <c>N2</c>.</summary>
    public static bool OfNumber(string format) => !HasLongNumber(format, after: char.IsAsciiLetter);

    /// <summary>Whether the widths and precisions in the braces of a composite format are short: <c>{0,10:N2}</c>.</summary>
    public static bool OfString(string format)
    {
        foreach (var part in format.Split('{').Skip(1))
        {
            var braces = part.Split('}')[0].Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
            if (HasLongNumber(braces, after: c => c == ',' || char.IsAsciiLetter(c)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasLongNumber(string format, Func<char, bool> after)
    {
        var digits = 0;
        var counts = false;
        foreach (var c in format)
        {
            (digits, counts) = char.IsDigit(c) ? (digits + 1, counts) : (0, after(c));
            if (counts && digits > MaxDigits)
            {
                return true;
            }
        }

        return false;
    }
}
