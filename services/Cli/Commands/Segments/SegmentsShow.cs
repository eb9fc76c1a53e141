using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments show`.</summary>
internal static class SegmentsShow
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The name of a saved segment." };
        var command = new Command("show", "Shows a saved segment with its filter.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetSegmentRequest { Account = session.RequireAccount(), Name = session.Get(name) };
            var answer = await session.Services.Segments.GetSegmentAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Segment, () => View(answer.Segment));
        });
    }

    private static Table View(Segment segment)
    {
        var table = Report.Table("attribute", "value");
        table.AddRow("id".Cell(), segment.SegmentId.Cell());
        table.AddRow("name".Cell(), segment.Name.Cell());
        table.AddRow("description".Cell(), segment.Description.Cell());
        table.AddRow("filter".Cell(), segment.Text.Cell());
        table.AddRow("version".Cell(), segment.Version.Cell());
        table.AddRow("state".Cell(), segment.State.ToString().Cell());
        foreach (var problem in segment.Problems)
            table.AddRow("problem".Cell(), problem.Cell());
        table.AddRow("updated".Cell(), segment.UpdateTime.Cell());
        return table;
    }
}
