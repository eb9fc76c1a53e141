using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Shows the usages of something.</summary>
internal static class UsageReport
{
    public static async Task WriteAsync(Session session, ListUsagesRequest request, CancellationToken ct)
    {
        request.Account = session.RequireAccount();
        var found = await Pages.AllAsync(request, r => session.Services.Segments.ListUsagesAsync(r, cancellationToken: ct), page => page.Usages);
        session.Report.Write(found, () => View(found));
    }

    private static Table View(ListUsagesResponse found) => Report.Table(
        found.Usages,
        ("used by", usage => usage.Resource), ("name", usage => usage.Name), ("id", usage => usage.Id));
}
