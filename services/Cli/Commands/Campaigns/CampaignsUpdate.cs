using System.CommandLine;
using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns update`.</summary>
internal static class CampaignsUpdate
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var name = new Option<string>("--name") { Description = "A new name.", HelpName = "name" };
        var content = new CampaignContent(required: false);
        var command = new Command("update", "Changes a draft or scheduled campaign: only what is given; lists are replaced.") { key, name };
        content.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var changed = (await content.ApplyAsync(session, campaign, ct)).ToList();
            if (session.Get(name) is { } newName)
            {
                campaign.Name = newName;
                changed.Add("name");
            }

            if (changed.Count == 0)
                throw new CliError("Nothing is to be changed.", "See: tagsegments campaigns update --help");

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
