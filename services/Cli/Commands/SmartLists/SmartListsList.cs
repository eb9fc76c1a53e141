using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists list`.</summary>
internal static class SmartListsList
{
    public static Command Create() => new Command("list", "Lists the smart lists.").Runs(async (session, ct) =>
    {
        var all = new ListSmartListsResponse();
        var request = new ListSmartListsRequest { Account = session.RequireAccount(), PageSize = 1000 };
        do
        {
            var page = await session.Services.SmartLists.ListSmartListsAsync(request, cancellationToken: ct);
            all.SmartLists.Add(page.SmartLists);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        session.Report.Write(all, () => View(all));
    });

    private static Table View(ListSmartListsResponse all)
    {
        var table = Report.Table("smart list", "filter", "columns", "order", "state");
        foreach (var l in all.SmartLists)
            table.AddRow(l.Name.Cell(), l.Text.Cell(), string.Join(", ", l.Columns).Cell(), SmartListsShow.Order(l.Sort).Cell(), l.State.ToString().Cell());
        return table;
    }
}
