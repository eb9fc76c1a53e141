using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>Reads amounts of money as numbers: filters compare texts as such, too, but sums of texts take several times as long.</summary>
internal static class ActivityAmounts
{
    /// <summary>Reads an amount with a decimal mark, or with the one that the amount itself shows; null with a description if it is none.</summary>
    public static Value? Read(string text, string mark, out string problem)
    {
        problem = "is not an amount";
        var kept = new string([.. text.Where(c => char.IsAsciiDigit(c) || c is '.' or ',' or '-' or '(')]);
        var isNegative = kept.StartsWith('-') || kept.StartsWith('(');
        kept = kept.TrimStart('-', '(');
        if (kept.Length == 0 || kept.Contains('-', StringComparison.Ordinal) || text.Where(char.IsLetter).Count() > 3)
            return null;

        if ((mark.Length > 0 ? mark[0] : Mark(kept)) is not { } point)
        {
            problem = "may have a decimal mark or one between thousands; say it with --decimal . or --decimal ,";
            return null;
        }

        var plain = kept.Replace(point == '.' ? "," : ".", "", StringComparison.Ordinal).Replace(point, '.');
        return decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? ToValue(isNegative ? -number : number)
            : null;
    }

    // A property has the digits of a double: an amount with more of them keeps its own as a text.
    private static Value ToValue(decimal number) =>
        (decimal)(double)number == number ? Value.ForNumber((double)number) : Value.ForString(number.ToString(CultureInfo.InvariantCulture));

    // The last mark of both is the decimal one; of one alone, it is unless three digits follow or there are several.
    private static char? Mark(string digits)
    {
        var (point, comma) = (digits.LastIndexOf('.'), digits.LastIndexOf(','));
        if (point >= 0 && comma >= 0)
            return point > comma ? '.' : ',';

        var (last, mark) = point >= 0 ? (point, '.') : (comma, ',');
        return last < 0 ? '.'
            : digits.Count(c => c == mark) > 1 ? (mark == '.' ? ',' : '.')
            : digits.Length - last - 1 == 3 ? null
            : mark;
    }
}
