using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>Commands that list, show and edit campaigns.</summary>
internal static class CampaignCommands
{
    /// <summary>`campaigns`.</summary>
    public static Command Build() => new("campaigns", "Messages to everyone in a segment, which is evaluated when the campaign is sent.")
    {
        List(), Create(), Update(), CampaignMessages.Preview(), CampaignMessages.Test(), CampaignSending.Send(),
        CampaignSending.Schedule(), CampaignSending.Watch(), Status(), CampaignSending.Pause(), CampaignSending.Resume(),
        CampaignSending.Cancel(), CampaignSending.Resend(), CampaignSending.Choose(), CampaignLedger.Recipients(),
        CampaignLedger.Prove(), CampaignReport.Results(),
    };

    private static Command List() => new Command("list", "Lists the campaigns, newest first.").Runs(async (session, ct) =>
    {
        var request = new ListCampaignsRequest { Account = session.RequireAccount() };
        var all = await Pages.AllAsync(request, r => session.Services.Campaigns.ListCampaignsAsync(r, cancellationToken: ct), page => page.Campaigns);

        session.Report.Write(all, () => Report.Table(
            all.Campaigns,
            ("campaign", c => c.Name), ("state", c => c.State), ("id", c => c.CampaignId), ("sent at", c => c.EvaluationTime),
            ("created", c => c.CreateTime)));
    });

    private static Command Status()
    {
        var key = Keys.Campaign.Argument();
        var command = new Command("status", "Shows the state of a campaign and how many recipients are in which state.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            session.Report.Write(campaign, () => CampaignView.Table(campaign));
        });
    }

    private static Command Create()
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
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" created as a draft; to send it: tagsegments campaigns send \"{campaign.Name}\"");
        });
    }

    private static Command Update()
    {
        var key = Keys.Campaign.Argument();
        var name = Options.Text("--name", "A new name.", "name");
        var content = new CampaignContent(required: false);
        var command = new Command("update", "Changes a draft or scheduled campaign. Only the given options change; lists are replaced.") { key, name };
        content.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var changed = (await content.ApplyAsync(session, campaign, ct)).ToList();
            if (session.Get(name) is { } newName)
            {
                campaign.Name = newName;
                changed.Add("name");
            }

            if (changed.Count == 0)
                throw new CliError("There is nothing to change.", "See: tagsegments campaigns update --help");

            var request = new UpdateCampaignRequest
            {
                Account = session.RequireAccount(),
                Campaign = campaign,
                UpdateMask = new FieldMask { Paths = { changed } },
                RequestId = RequestId.New(),
            };
            campaign = (await session.Services.Campaigns.UpdateCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" changed: {string.Join(", ", changed)}; now version {campaign.Version}.");
        });
    }
}
