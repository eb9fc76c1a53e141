using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments delete`.</summary>
internal static class SegmentsDelete
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var force = new Option<bool>("--force") { Description = "Also if others refer to it; those become invalid." };
        var command = new Command("delete", "Deletes a segment. Its versions can still be read by its id.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            await session.Services.Segments.DeleteSegmentAsync(new DeleteSegmentRequest
            {
                Account = session.RequireAccount(),
                SegmentId = segment.SegmentId,
                Force = session.Get(force),
                RequestId = RequestId.New(),
            }, cancellationToken: ct);
            session.Report.Write(segment, $"Segment \"{segment.Name}\" ({segment.SegmentId}) is deleted.");
        });
    }
}
