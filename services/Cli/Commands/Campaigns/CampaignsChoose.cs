using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns choose`.</summary>
internal static class CampaignsChoose
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var variant = new Argument<string>("variant") { Description = "The variant's name." };
        var command = new Command("choose", "Chooses the winner of an A/B test by hand and sends it to the rest of the audience.") { key, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new ChooseVariantRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                Variant = session.Get(variant),
                RequestId = RequestId.New(),
            };
            campaign = (await session.Services.Campaigns.ChooseVariantAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\": the rest gets variant {campaign.AbTest.Winner}.");
        });
    }
}
