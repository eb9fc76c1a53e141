using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Commands about saved segments.</summary>
internal static class SegmentCommands
{
    /// <summary>`segments`.</summary>
    public static Command Build() => new("segments", "Live filters over contacts. FILTER is a filter as text, or the name of a saved segment or smart list.")
    {
        List(), Show(), Create(), SegmentCounts.Count(), SegmentExport.Export(), SegmentExplanation.Explain(),
        SegmentPreview.Preview(), SegmentCounts.Facets(), SegmentCounts.Overlap(), SegmentCounts.Parse(), Update(), Delete(),
        SegmentVersions.Versions(), SegmentVersions.Diff(), SegmentVersions.PreviewChange(), SegmentVersions.Restore(),
        SegmentExpectationCommands.Expect(), SegmentExpectationCommands.Check(), Usages(),
    };

    private static Command List() => new Command("list", "Lists the saved segments.").Runs(async (session, ct) =>
    {
        var request = new ListSegmentsRequest { Account = session.RequireAccount() };
        var all = await Pages.AllAsync(request, r => session.Services.Segments.ListSegmentsAsync(r, cancellationToken: ct), page => page.Segments);

        session.Report.Write(all, () => Report.Table(
            all.Segments,
            ("segment", s => s.Name), ("filter", s => s.Text), ("state", s => s.State), ("version", s => s.Version)));
    });

    private static Command Show()
    {
        var name = new Argument<string>("name") { Description = "The name of a saved segment." };
        var command = new Command("show", "Shows a saved segment with its filter.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetSegmentRequest { Account = session.RequireAccount(), Name = session.Get(name) };
            var answer = await session.Services.Segments.GetSegmentAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Segment, () => ShowView(answer.Segment));
        });
    }

    private static Table ShowView(Segment segment)
    {
        var table = Report.Empty("attribute", "value");
        table.Row("id", segment.SegmentId);
        table.Row("name", segment.Name);
        table.Row("description", segment.Description);
        table.Row("filter", segment.Text);
        table.Row("version", segment.Version);
        table.Row("state", segment.State);
        foreach (var problem in segment.Problems)
            table.Row("problem", problem);
        table.Row("updated", segment.UpdateTime);
        return table;
    }

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The segment's name, unique in the account." };
        var filter = new Argument<string>("filter") { Description = "The filter as text, for example: has tag \"Hot Lead\" AND opened email in last 7 days" };
        var description = Options.Text("--description", "The purpose of the segment.");
        var command = new Command("create", "Saves a filter under a name.") { name, filter, description };
        return command.Runs(async (session, ct) =>
        {
            var request = new CreateSegmentRequest
            {
                Account = session.RequireAccount(),
                Segment = new() { Name = session.Get(name), Description = session.Get(description) ?? "" },
                Text = session.Get(filter),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Segments.CreateSegmentAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Segment, $"Segment \"{answer.Segment.Name}\" saved: {answer.Segment.Text}");
        });
    }

    private static Command Update()
    {
        var key = Keys.Segment.Argument();
        var filter = Options.Text("--filter", "The new filter as text; makes a new version.", "filter");
        var name = Options.Text("--name", "A new name.", "name");
        var description = Options.Text("--description", "The purpose of the segment.");
        var version = Options.Number("--version", "Refuse if this is not the current version.");
        var command = new Command("update", "Changes a segment. Only the given options change.") { key, filter, name, description, version };
        return command.Runs(async (session, ct) =>
        {
            if (!session.Given(filter) && !session.Given(name) && !session.Given(description))
                throw new CliError("There is nothing to change.", "See: tagsegments segments update --help");

            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
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
            session.Report.Write(segment, $"Segment \"{segment.Name}\" is now version {segment.Version}: {segment.Text}");
        });
    }

    private static Command Delete()
    {
        var key = Keys.Segment.Argument();
        var force = new Option<bool>("--force") { Description = "Delete it even if others refer to it; they become invalid." };
        var command = new Command("delete", "Deletes a segment. Its versions can still be read by its id.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
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

    private static Command Usages()
    {
        var key = Keys.Segment.Argument();
        var command = new Command("usages", "Lists the segments, smart lists, campaigns and workflows that use a segment.") { key };
        return command.Runs(async (session, ct) =>
        {
            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
            await UsageReport.WriteAsync(session, new ListUsagesRequest { SegmentId = segment.SegmentId }, ct);
        });
    }
}
