using System.CommandLine;
using Crm.Activity.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`suppressions list`.</summary>
internal static class SuppressionsList
{
    public static Command Create()
    {
        var channel = SuppressionOptions.Channel();
        var search = new Option<string>("--search") { Description = "Only addresses that contain this text.", HelpName = "text" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 1000, HelpName = "n" };
        var command = new Command("list", "Lists the addresses that get nothing, and why.") { channel, search, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListSuppressionsRequest
            {
                Account = session.RequireAccount(),
                Channel = SuppressionOptions.Read(session, channel),
                Search = session.Get(search) ?? "",
            };
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Suppressions.Count}; raise --limit.");
        });
    }

    private static async Task<ListSuppressionsResponse> FirstAsync(Session session, ListSuppressionsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListSuppressionsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Suppressions.Count, 1, 1000);
            var page = await session.Services.Activities.ListSuppressionsAsync(request, cancellationToken: ct);
            found.Suppressions.Add(page.Suppressions);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Suppressions.Count < limit);
        return found;
    }

    private static Table View(ListSuppressionsResponse found)
    {
        var table = Report.Table("address", "reason", "source", "since");
        foreach (var s in found.Suppressions)
            table.AddRow(s.Address.Cell(), s.Reason.ToString().Cell(), s.Source.Cell(), s.CreateTime.Cell());
        return table;
    }
}
