using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns create`.</summary>
internal static class CampaignsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The campaign's name, unique in the account." };
        var content = new CampaignContent(required: true);
        var command = new Command("create", "Creates a campaign as a draft. Its segments are evaluated when it is sent, not now.") { name };
        content.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var campaign = new Campaign { Name = session.Get(name) };
            await content.ApplyAsync(session, campaign, ct);
            var request = new CreateCampaignRequest { Account = session.RequireAccount(), Campaign = campaign, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.CreateCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" created as a draft; send it with: tagsegments campaigns send \"{campaign.Name}\"");
        });
    }
}
