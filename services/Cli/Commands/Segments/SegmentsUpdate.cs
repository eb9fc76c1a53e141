using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments update`.</summary>
internal static class SegmentsUpdate
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var filter = new Option<string>("--filter") { Description = "The new filter as text; makes a new version.", HelpName = "filter" };
        var name = new Option<string>("--name") { Description = "A new name.", HelpName = "name" };
        var description = new Option<string>("--description") { Description = "What the segment is for.", HelpName = "text" };
        var version = new Option<int>("--version") { Description = "Refuse if this is not the current version.", HelpName = "n" };
        var command = new Command("update", "Changes a segment: only what is given.") { key, filter, name, description, version };
        return command.Runs(async (session, ct) =>
        {
            if (!session.Given(filter) && !session.Given(name) && !session.Given(description))
                throw new CliError("Nothing is to be changed.", "See: tagsegments segments update --help");

            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            var request = new UpdateSegmentRequest
            {
                Account = session.RequireAccount(),
                SegmentId = segment.SegmentId,
                Text = session.Get(filter) ?? "",
                Version = session.Get(version),
                RequestId = RequestId.New(),
            };
            if (session.Given(name))
                request.Name = session.Get(name);
            if (session.Given(description))
                request.Description = session.Get(description);
            segment = (await session.Services.Segments.UpdateSegmentAsync(request, cancellationToken: ct)).Segment;
            session.Report.Write(segment, $"Segment \"{segment.Name}\" is version {segment.Version} now: {segment.Text}");
        });
    }
}
