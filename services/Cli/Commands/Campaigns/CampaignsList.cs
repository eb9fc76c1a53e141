using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns list`.</summary>
internal static class CampaignsList
{
    public static Command Create() => new Command("list", "Lists the campaigns, newest first.").Runs(async (session, ct) =>
    {
        var all = new ListCampaignsResponse();
        var request = new ListCampaignsRequest { Account = session.RequireAccount(), PageSize = 1000 };
        do
        {
            var page = await session.Services.Campaigns.ListCampaignsAsync(request, cancellationToken: ct);
            all.Campaigns.Add(page.Campaigns);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        session.Report.Write(all, () =>
        {
            var table = Report.Table("campaign", "state", "id", "sent at", "created");
            foreach (var c in all.Campaigns)
                table.AddRow(c.Name.Cell(), c.State.ToString().Cell(), c.CampaignId.Cell(), c.EvaluationTime.Cell(), c.CreateTime.Cell());
            return table;
        });
    });
}
