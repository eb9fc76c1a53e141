using System.Globalization;

namespace TagSegments.Cli.Output;

/// <summary>Shares for people.</summary>
internal static class Percent
{
    public static string Of(int part, int whole) => whole == 0 ? "" : (100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
