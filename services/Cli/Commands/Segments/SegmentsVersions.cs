using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments versions`.</summary>
internal static class SegmentsVersions
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var command = new Command("versions", "Lists the filters that a segment has had, newest first. A deleted segment is found by its id.") { key };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListSegmentVersionsRequest { Account = session.RequireAccount(), PageSize = 1000 };
            if (Guid.TryParse(session.Get(key), out _))
                request.SegmentId = session.Get(key);
            else
                request.Name = session.Get(key);
            var all = new ListSegmentVersionsResponse();
            do
            {
                var page = await session.Services.Segments.ListSegmentVersionsAsync(request, cancellationToken: ct);
                all.Versions.Add(page.Versions);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken is not "");
            session.Report.Write(all, () => View(all));
        });
    }

    private static Table View(ListSegmentVersionsResponse all)
    {
        var table = Report.Table("version", "saved", "by", "name", "state", "filter");
        foreach (var v in all.Versions)
            table.AddRow(v.Version.Cell(), v.CreateTime.Cell(), v.Author.Cell(), v.Name.Cell(), v.State.ToString().Cell(), v.Text.Cell());
        return table;
    }
}
