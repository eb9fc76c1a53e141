using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>Shows what refers to something.</summary>
internal static class Usages
{
    public static async Task ReportAsync(Session session, ListUsagesRequest request, CancellationToken ct)
    {
        request.Account = session.RequireAccount();
        request.PageSize = 1000;
        var found = new ListUsagesResponse();
        do
        {
            var page = await session.Services.Segments.ListUsagesAsync(request, cancellationToken: ct);
            found.Usages.Add(page.Usages);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");
        session.Report.Write(found, () => View(found));
    }

    private static Table View(ListUsagesResponse found)
    {
        var table = Report.Table("used by", "name", "id");
        foreach (var usage in found.Usages)
            table.AddRow(usage.Resource.Cell(), usage.Name.Cell(), usage.Id.Cell());
        return table;
    }
}
