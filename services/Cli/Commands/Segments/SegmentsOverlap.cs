using System.CommandLine;
using System.Globalization;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments overlap`.</summary>
internal static class SegmentsOverlap
{
    public static Command Create()
    {
        var filters = new Argument<string[]>("filters")
        {
            Description = "2 to 10 filters as text, or names of saved segments.",
            Arity = new ArgumentArity(2, 10),
        };
        var asOf = AsOfOption.Create();
        var command = new Command("overlap", "Compares segments, or as they were at a past instant: their sizes, what each two share, and what they come to together.") { filters, asOf };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetSegmentOverlapRequest { Account = session.RequireAccount(), AsOf = AsOfOption.Read(session.Get(asOf)) };
            foreach (var filter in session.Get(filters))
                request.Sources.Add(await FilterArgument.ResolveAsync(session, filter, ct));
            var answer = await session.Services.Segments.GetSegmentOverlapAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    // What a segment shares with itself is its size.
    private static Rows View(GetSegmentOverlapResponse answer)
    {
        var numbers = Enumerable.Range(1, answer.Segments.Count).Select(number => number.ToString(CultureInfo.InvariantCulture));
        var table = Report.Table(["", "segment", "contacts", "only here", .. numbers.Select(number => $"and {number}")]);
        foreach (var (i, segment) in answer.Segments.Index())
            table.AddRow([(i + 1).Cell(), segment.Text.Cell(), segment.Count.Cell(), segment.OnlyCount.Cell(), .. numbers.Select((_, other) => Shared(answer, i, other).Cell())]);
        return new Rows(table, new Text(FormattableString.Invariant($"in at least one: {answer.UnionCount:N0}, in all: {answer.IntersectionCount:N0}")));
    }

    private static int Shared(GetSegmentOverlapResponse answer, int i, int other) => i == other
        ? answer.Segments[i].Count
        : answer.Pairs.Single(pair => pair.First == Math.Min(i, other) && pair.Second == Math.Max(i, other)).Count;
}
