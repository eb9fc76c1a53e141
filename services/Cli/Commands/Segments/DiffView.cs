using Crm.Segments.V1;
using Spectre.Console;

namespace TagSegments.Cli.Commands;

/// <summary>Shows a comparison of filters: a line per clause, with + or - in front of what is new or gone.</summary>
internal static class DiffView
{
    public static Text Of(IEnumerable<DiffLine> lines) => new(string.Join(Environment.NewLine, lines.Select(Line)) + Environment.NewLine);

    private static string Line(DiffLine line)
    {
        var sign = line.Change switch { DiffLine.Types.Change.Added => '+', DiffLine.Types.Change.Removed => '-', _ => ' ' };
        return $"{sign} {new string(' ', 2 * line.Depth)}{line.Text}";
    }
}
