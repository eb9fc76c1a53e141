using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments diff`.</summary>
internal static class SegmentsDiff
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var from = new Option<int>("--from") { Description = "The version to start from. Defaults to the current one.", HelpName = "n" };
        var to = new Option<int>("--to") { Description = "The version to compare with. Defaults to the current one.", HelpName = "n" };
        var filter = new Option<string>("--filter") { Description = "A filter as text to compare with, instead of --to.", HelpName = "filter" };
        var command = new Command("diff", "Compares two versions of a segment, or a version and another filter, clause by clause.") { key, from, to, filter };
        return command.Runs(async (session, ct) =>
        {
            if (session.Given(to) && session.Given(filter))
                throw new CliError("--to and --filter are both given.", "Give one of them.");

            var request = new DiffSegmentVersionsRequest { Account = session.RequireAccount(), FromVersion = session.Get(from) };
            if (Guid.TryParse(session.Get(key), out _))
                request.SegmentId = session.Get(key);
            else
                request.Name = session.Get(key);
            if (session.Get(filter) is { } text)
                request.Text = text;
            else
                request.ToVersion = session.Get(to);
            var answer = await session.Services.Segments.DiffSegmentVersionsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => DiffView.Of(answer.Lines));
        });
    }
}
