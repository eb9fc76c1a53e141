using System.Globalization;

namespace TagSegments.WebConsole.Pages.Campaigns;

/// <summary>Writes numbers with their share of a whole.</summary>
internal static class Shares
{
    /// <summary>Writes, for example, <c>12 (4.8 %)</c>; without a whole, the number alone.</summary>
    public static string Say(int part, int whole) => whole == 0
        ? part.ToString("N0", CultureInfo.CurrentCulture)
        : string.Create(CultureInfo.CurrentCulture, $"{part:N0} ({100.0 * part / whole:0.#} %)");
}
