using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments restore`.</summary>
internal static class SegmentsRestore
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var version = new Argument<int>("version") { Description = "The version whose filter becomes current again." };
        var command = new Command("restore", "Makes the filter of an older version current again, as a new version.") { key, version };
        return command.Runs(async (session, ct) =>
        {
            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            segment = (await session.Services.Segments.RestoreSegmentVersionAsync(new RestoreSegmentVersionRequest
            {
                Account = session.RequireAccount(),
                SegmentId = segment.SegmentId,
                RestoreVersion = session.Get(version),
                Version = segment.Version,
                RequestId = RequestId.New(),
            }, cancellationToken: ct)).Segment;
            session.Report.Write(segment, $"Segment \"{segment.Name}\" is version {segment.Version} now: {segment.Text}");
        });
    }
}
