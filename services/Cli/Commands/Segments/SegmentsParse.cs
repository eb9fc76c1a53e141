using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments parse`.</summary>
internal static class SegmentsParse
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var command = new Command("parse", "Reads a filter and writes it in its canonical form, with --output json also as a tree, without evaluating it.") { filter };
        return command.Runs(async (session, ct) =>
        {
            var request = new ParseFilterRequest { Account = session.RequireAccount(), Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct) };
            var answer = await session.Services.Segments.ParseFilterAsync(request, cancellationToken: ct);
            session.Report.Write(answer, answer.Text);
        });
    }
}
