using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Commands about the versions of a segment, saved or proposed.</summary>
internal static class SegmentVersions
{
    /// <summary>`segments versions`.</summary>
    public static Command Versions()
    {
        var key = Keys.Segment.Argument();
        var command = new Command("versions", "Lists the versions of a segment, newest first. A deleted segment is found by its id.") { key };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListSegmentVersionsRequest { Account = session.RequireAccount() };
            Keys.Set(session.Get(key), id => request.SegmentId = id, name => request.Name = name);
            var all = await Pages.AllAsync(request, r => session.Services.Segments.ListSegmentVersionsAsync(r, cancellationToken: ct), page => page.Versions);
            session.Report.Write(all, () => VersionsView(all));
        });
    }

    private static Table VersionsView(ListSegmentVersionsResponse all) => Report.Table(
        all.Versions,
        ("version", v => v.Version), ("saved", v => v.CreateTime), ("by", v => v.Author), ("name", v => v.Name),
        ("state", v => v.State), ("filter", v => v.Text));

    /// <summary>`segments diff`.</summary>
    public static Command Diff()
    {
        var key = Keys.Segment.Argument();
        var from = Options.Number("--from", "The version to start from. Defaults to the current one.");
        var to = Options.Number("--to", "The version to compare with. Defaults to the current one.");
        var filter = Options.Text("--filter", "A filter as text to compare with, instead of --to.", "filter");
        var command = new Command("diff", "Compares two versions of a segment, or a version and another filter, clause by clause.") { key, from, to, filter };
        return command.Runs(async (session, ct) =>
        {
            if (session.Given(to) && session.Given(filter))
                throw new CliError("--to and --filter are both given.", "Give only one of them.");

            var request = new DiffSegmentVersionsRequest { Account = session.RequireAccount(), FromVersion = session.Get(from) };
            Keys.Set(session.Get(key), id => request.SegmentId = id, name => request.Name = name);
            if (session.Get(filter) is { } text)
                request.Text = text;
            else
                request.ToVersion = session.Get(to);
            var answer = await session.Services.Segments.DiffSegmentVersionsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => Lines(answer.Lines));
        });
    }

    /// <summary>`segments preview-change`.</summary>
    public static Command PreviewChange()
    {
        var key = Keys.Segment.Argument();
        var filter = Options.Text("--filter", "The new filter as text.", "filter");
        var version = Options.Number("--version", "An older version to restore, instead of --filter.");
        var limit = Options.Limit(20, "How many of the joining and leaving contacts to name, at most 10,000.", most: 10_000);
        var command = new Command("preview-change", "Shows who would join and who would leave a segment with a new filter; changes nothing.") { key, filter, version, limit };
        return command.Runs(async (session, ct) =>
        {
            if (session.Given(filter) == session.Given(version))
                throw new CliError("The new filter is missing or given twice.", "Give --filter TEXT or --version N.");

            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
            var request = new PreviewSegmentChangeRequest { Account = session.RequireAccount(), SegmentId = segment.SegmentId, PageSize = session.Get(limit) };
            if (session.Get(filter) is { } text)
                request.Text = text;
            else
                request.Version = session.Get(version);
            var answer = await session.Services.Segments.PreviewSegmentChangeAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => PreviewChangeView(answer));
        });
    }

    private static Rows PreviewChangeView(PreviewSegmentChangeResponse answer)
    {
        var lines = new List<IRenderable>
        {
            Lines(answer.Diff),
            new Text(answer.HasCountBefore
                ? $"{answer.CountBefore:N0} contacts now, {answer.CountAfter:N0} after the change: {answer.Joining:N0} would join, {answer.Leaving:N0} would leave."
                : $"The segment is invalid; {answer.CountAfter:N0} contacts after the change."),
        };
        var more = answer.NextPageToken is "" ? "" : ", ...";
        if (answer.JoiningContactIds.Count > 0)
            lines.Add(new Text($"joining: {string.Join(", ", answer.JoiningContactIds)}{more}"));
        if (answer.LeavingContactIds.Count > 0)
            lines.Add(new Text($"leaving: {string.Join(", ", answer.LeavingContactIds)}{more}"));
        lines.AddRange(answer.Violations.Select(v => new Text($"expected otherwise: contact {v.ContactId} must {(v.MustInclude ? "" : "not ")}be in it")));
        if (answer.Dependants.Count > 0)
            lines.Add(new Text($"segments that refer to it: {string.Join(", ", answer.Dependants.Select(d => d.Name))}"));
        return new Rows(lines);
    }

    /// <summary>`segments restore`.</summary>
    public static Command Restore()
    {
        var key = Keys.Segment.Argument();
        var version = new Argument<int>("version") { Description = "The version whose filter becomes current again." };
        var command = new Command("restore", "Makes the filter of an older version current again, as a new version.") { key, version };
        return command.Runs(async (session, ct) =>
        {
            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
            segment = (await session.Services.Segments.RestoreSegmentVersionAsync(new RestoreSegmentVersionRequest
            {
                Account = session.RequireAccount(),
                SegmentId = segment.SegmentId,
                RestoreVersion = session.Get(version),
                Version = segment.Version,
                RequestId = RequestId.New(),
            }, cancellationToken: ct)).Segment;
            session.Report.Write(segment, $"Segment \"{segment.Name}\" is now version {segment.Version}: {segment.Text}");
        });
    }

    public static Text Lines(IEnumerable<DiffLine> lines) => new(string.Join(Environment.NewLine, lines.Select(Line)) + Environment.NewLine);

    private static string Line(DiffLine line)
    {
        var sign = line.Change switch { DiffLine.Types.Change.Added => '+', DiffLine.Types.Change.Removed => '-', _ => ' ' };
        return $"{sign} {new string(' ', 2 * line.Depth)}{line.Text}";
    }
}
