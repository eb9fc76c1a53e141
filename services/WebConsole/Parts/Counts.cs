using System.Globalization;
using Microsoft.Extensions.Localization;

namespace TagSegments.WebConsole.Parts;

/// <summary>Writes texts with a number of things. One thing has a text of its own.</summary>
public static class Counts
{
    /// <summary>Writes a text whose first place is a number; <c>NAME.One</c> is the text for one.</summary>
    public static string Counted(this IStringLocalizer texts, string name, long count, params object[] more) =>
        texts[count == 1 ? $"{name}.One" : name, [count.ToString("N0", CultureInfo.CurrentCulture), .. more]];
}
