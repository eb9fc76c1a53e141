using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Commands that count the contacts of a filter.</summary>
internal static class SegmentCounts
{
    /// <summary>`segments count`.</summary>
    public static Command Count()
    {
        var filter = FilterArgument.Create();
        var asOf = AsOfOption.Create();
        var command = new Command("count", "Counts the contacts that match, now or at a past instant.") { filter, asOf };
        return command.Runs(async (session, ct) =>
        {
            var request = new CountContactsRequest
            {
                Account = session.RequireAccount(),
                AsOf = AsOfOption.Read(session.Get(asOf)),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
            };
            var answer = await session.Services.Segments.CountContactsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Count}");
        });
    }

    /// <summary>`segments facets`.</summary>
    public static Command Facets()
    {
        var filter = FilterArgument.Create();
        var limit = Options.Limit(100, "How many tags at most: 1 to 10,000.", most: 10_000);
        var prefix = Options.Text("--prefix", "Only tags whose name starts with this, for example \"Source: \".");
        var asOf = AsOfOption.Create();
        var command = new Command("facets", "Counts the matching contacts per tag, now or at a past instant, most frequent first.") { filter, limit, prefix, asOf };
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
            session.Report.Write(answer, () => FacetsView(answer));
            if (answer.TagCount > answer.Facets.Count)
                session.Report.Note($"There are {answer.TagCount} tags; raise --limit or narrow with --prefix.");
        });
    }

    private static Table FacetsView(GetTagFacetsResponse answer) => Report.Table(
        answer.Facets,
        ("tag", facet => facet.Name), ("contacts", facet => facet.Count),
        ("share", facet => Cells.Percent(facet.Count, answer.Count)));

    /// <summary>`segments overlap`.</summary>
    public static Command Overlap()
    {
        var filters = new Argument<string[]>("filters")
        {
            Description = "2 to 10 filters as text, or names of saved segments.",
            Arity = new ArgumentArity(2, 10),
        };
        var asOf = AsOfOption.Create();
        var command = new Command("overlap", "Compares segments, now or at a past instant: their sizes, the overlap of each pair, and their union.") { filters, asOf };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetSegmentOverlapRequest { Account = session.RequireAccount(), AsOf = AsOfOption.Read(session.Get(asOf)) };
            foreach (var filter in session.Get(filters))
                request.Sources.Add(await FilterArgument.ResolveAsync(session, filter, ct));
            var answer = await session.Services.Segments.GetSegmentOverlapAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => OverlapView(answer));
        });
    }

    // A segment has its whole size in common with itself.
    private static Rows OverlapView(GetSegmentOverlapResponse answer)
    {
        var numbers = Enumerable.Range(1, answer.Segments.Count).Select(number => number.ToString(CultureInfo.InvariantCulture));
        var table = Report.Empty(["", "segment", "contacts", "only here", .. numbers.Select(number => $"and {number}")]);
        foreach (var (i, segment) in answer.Segments.Index())
            table.Row([i + 1, segment.Text, segment.Count, segment.OnlyCount, .. numbers.Select((_, other) => (object)Shared(answer, i, other))]);
        return new Rows(table, new Text(FormattableString.Invariant($"in at least one: {answer.UnionCount:N0}, in all: {answer.IntersectionCount:N0}")));
    }

    private static int Shared(GetSegmentOverlapResponse answer, int i, int other) => i == other
        ? answer.Segments[i].Count
        : answer.Pairs.Single(pair => pair.First == Math.Min(i, other) && pair.Second == Math.Max(i, other)).Count;

    /// <summary>`segments parse`.</summary>
    public static Command Parse()
    {
        var filter = FilterArgument.Create();
        var command = new Command("parse", "Parses a filter and prints its canonical form, with --output json also as a tree, without evaluating it.") { filter };
        return command.Runs(async (session, ct) =>
        {
            var request = new ParseFilterRequest { Account = session.RequireAccount(), Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct) };
            var answer = await session.Services.Segments.ParseFilterAsync(request, cancellationToken: ct);
            session.Report.Write(answer, answer.Text);
        });
    }
}
