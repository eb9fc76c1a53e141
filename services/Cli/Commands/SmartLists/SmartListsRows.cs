using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists rows`.</summary>
internal static class SmartListsRows
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var sort = new Option<string>("--sort") { Description = "Another column to sort by, for this time.", HelpName = "column" };
        var descending = new Option<bool>("--descending") { Description = "From the greatest to the smallest, with --sort." };
        var asOf = AsOfOption.Create();
        var command = new Command("rows", "Shows who is in a smart list now, or was at a past instant, in its order and with its columns.") { key, limit, sort, descending, asOf };
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            var request = new ListSmartListRowsRequest
            {
                Account = session.RequireAccount(),
                SmartListId = list.SmartListId,
                AsOf = AsOfOption.Read(session.Get(asOf)),
            };
            if (session.Given(sort) || session.Given(descending))
                request.Sort = new SmartListSort { Column = session.Get(sort) ?? "", Descending = session.Get(descending) };
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"These are {found.Rows.Count:N0} of {found.Total:N0}; raise --limit.");
        });
    }

    private static async Task<ListSmartListRowsResponse> FirstAsync(Session session, ListSmartListRowsRequest request, int limit, CancellationToken ct)
    {
        ListSmartListRowsResponse? found = null;
        do
        {
            request.PageSize = Math.Clamp(limit - (found?.Rows.Count ?? 0), 1, 1000);
            var page = await session.Services.SmartLists.ListSmartListRowsAsync(request, cancellationToken: ct);
            if (found is null)
                found = page;
            else
                found.Rows.Add(page.Rows);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Rows.Count < limit);
        return found;
    }

    private static Table View(ListSmartListRowsResponse found)
    {
        var table = Report.Table(["contact", .. found.Columns]);
        foreach (var row in found.Rows)
            table.AddRow([row.ContactId.Cell(), .. row.Values.Select(value => value.AsText().Cell())]);
        return table;
    }
}
