using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments list`.</summary>
internal static class SegmentsList
{
    public static Command Create() => new Command("list", "Lists the saved segments.").Runs(async (session, ct) =>
    {
        var all = new ListSegmentsResponse();
        var request = new ListSegmentsRequest { Account = session.RequireAccount(), PageSize = 1000 };
        do
        {
            var page = await session.Services.Segments.ListSegmentsAsync(request, cancellationToken: ct);
            all.Segments.Add(page.Segments);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        session.Report.Write(all, () =>
        {
            var table = Report.Table("segment", "filter", "state", "version");
            foreach (var s in all.Segments)
                table.AddRow(s.Name.Cell(), s.Text.Cell(), s.State.ToString().Cell(), s.Version.Cell());
            return table;
        });
    });
}
