using System.Globalization;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Decimal numbers as text: exact or refused, never rounded.</summary>
internal static class Decimals
{
    private const int MaxDigits = 28;
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a number of at most 28 significant digits, all of which may follow the point.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out decimal value) =>
        decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && IsExact(text);

    /// <summary>Returns the shortest decimal that is the double.</summary>
    public static bool TryParse(double number, out decimal value) =>
        TryParse(number.ToString("R", CultureInfo.InvariantCulture), out value);

    // decimal.Parse rounds long numbers, so the digits are counted, without leading zeros and without trailing zeros after the point.
    private static bool IsExact(ReadOnlySpan<char> text)
    {
        var exponentAt = text.IndexOfAny('e', 'E');
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }

        var mantissa = (exponentAt < 0 ? text : text[..exponentAt]).TrimStart("+-");
        var point = mantissa.IndexOf('.');
        var fraction = point < 0 ? [] : mantissa[(point + 1)..].TrimEnd('0');
        var whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart('0');
        var digits = whole.Length > 0 ? whole.Length + fraction.Length : fraction.TrimStart('0').Length;
        return digits <= MaxDigits && fraction.Length - (long)exponent <= MaxDigits;
    }
}
