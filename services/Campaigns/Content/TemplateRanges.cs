using System.Globalization;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Limits the ranges of templates, <c>(1..10)</c>. The template engine makes all numbers of a range before the first step is counted, so its
/// limit of steps does not help against <c>(1..1000000000)</c>.
/// </summary>
internal static partial class TemplateRanges
{
    private const int MaxLength = 1_000;

    /// <summary>Throws <see cref="TemplateException"/> unless every range lies between two numbers that are not too far apart.</summary>
    public static void Check(string template)
    {
        foreach (var code in Code().Matches(template).Select(match => Literals().Replace(match.Value, "")))
        {
            if (Ranges().Replace(code, Shorten).Contains("..", StringComparison.Ordinal))
            {
                throw new TemplateException("A range must lie between two numbers that are at most 1,000 apart.");
            }
        }
    }

    private static string Shorten(Match range) => Number(range, "last") - Number(range, "first") <= MaxLength ? "" : range.Value;

    private static int Number(Match range, string group) => int.Parse(range.Groups[group].Value, CultureInfo.InvariantCulture);

    // {% for i in (1..3) %} and {{ x }}
    [GeneratedRegex(@"\{%.*?%\}|\{\{.*?\}\}", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    // "..." and '...'
    [GeneratedRegex("""\x22[^\x22]*\x22|'[^']*'""", RegexOptions.CultureInvariant)]
    private static partial Regex Literals();

    // (1..3)
    [GeneratedRegex(@"\(\s*(?<first>-?\d{1,6})\s*\.\.\s*(?<last>-?\d{1,6})\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Ranges();
}
