using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments facets`.</summary>
internal static class SegmentsFacets
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var limit = new Option<int>("--limit") { Description = "How many tags at most: 1 to 10000.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var prefix = new Option<string>("--prefix") { Description = "Only tags whose name starts with this, for example \"Source: \".", HelpName = "text" };
        var asOf = AsOfOption.Create();
        var command = new Command("facets", "Counts how many of the matching contacts have each tag, or had at a past instant, most frequent first.") { filter, limit, prefix, asOf };
        return command.Runs(async (session, ct) =>
        {
            var answer = await session.Services.Segments.GetTagFacetsAsync(new GetTagFacetsRequest
            {
                Account = session.RequireAccount(),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
                Limit = session.Get(limit),
                NamePrefix = session.Get(prefix) ?? "",
                AsOf = AsOfOption.Read(session.Get(asOf)),
            }, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
            if (answer.TagCount > answer.Facets.Count)
                session.Report.Note($"There are {answer.TagCount} tags; raise --limit or narrow with --prefix.");
        });
    }

    private static Table View(GetTagFacetsResponse answer)
    {
        var table = Report.Table("tag", "contacts", "share");
        foreach (var facet in answer.Facets)
            table.AddRow(facet.Name.Cell(), facet.Count.Cell(), Percent.Of(facet.Count, answer.Count).Cell());
        return table;
    }
}
