using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>The option --as-of.</summary>
internal static class AsOfOption
{
    public static Option<string> Create() => new("--as-of")
    {
        Description = "Evaluate as of this past instant, such as 2026-11-01 or 2026-11-01T09:00:00+01:00; UTC without an offset.",
        HelpName = "time",
    };

    public static Timestamp? Read(string? text)
    {
        if (text is null)
            return null;

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Timestamp.FromDateTimeOffset(time)
            : throw new CliError($"--as-of {text} is not a time.", "Write 2026-11-01T09:00:00Z.");
    }
}
