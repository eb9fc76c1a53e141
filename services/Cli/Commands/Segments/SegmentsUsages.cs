using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments usages`.</summary>
internal static class SegmentsUsages
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var command = new Command("usages", "Lists the segments, smart lists, campaigns and workflows that use a segment.") { key };
        return command.Runs(async (session, ct) =>
        {
            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            await Usages.ReportAsync(session, new ListUsagesRequest { SegmentId = segment.SegmentId }, ct);
        });
    }
}
