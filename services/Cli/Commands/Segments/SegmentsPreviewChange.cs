using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TagSegments.Cli.Commands;

/// <summary>`segments preview-change`.</summary>
internal static class SegmentsPreviewChange
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var filter = new Option<string>("--filter") { Description = "The filter as text that it would get.", HelpName = "filter" };
        var version = new Option<int>("--version") { Description = "The older version that would be restored, instead of --filter.", HelpName = "n" };
        var limit = new Option<int>("--limit") { Description = "How many of those who move to name, at most 10,000.", DefaultValueFactory = _ => 20, HelpName = "n" };
        var command = new Command("preview-change", "Tells who would join and who would leave a segment by a new filter; changes nothing.") { key, filter, version, limit };
        return command.Runs(async (session, ct) =>
        {
            if (session.Given(filter) == session.Given(version))
                throw new CliError("The new filter is not named, or twice.", "Give --filter TEXT or --version N.");

            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            var request = new PreviewSegmentChangeRequest { Account = session.RequireAccount(), SegmentId = segment.SegmentId, PageSize = session.Get(limit) };
            if (session.Get(filter) is { } text)
                request.Text = text;
            else
                request.Version = session.Get(version);
            var answer = await session.Services.Segments.PreviewSegmentChangeAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    private static Rows View(PreviewSegmentChangeResponse answer)
    {
        var lines = new List<IRenderable>
        {
            DiffView.Of(answer.Diff),
            new Text(answer.HasCountBefore
                ? $"{answer.CountBefore:N0} contacts now, {answer.CountAfter:N0} then: {answer.Joining:N0} would join, {answer.Leaving:N0} would leave."
                : $"The segment is invalid now; {answer.CountAfter:N0} contacts then."),
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
}
