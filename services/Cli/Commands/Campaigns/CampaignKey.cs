using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a campaign: by its name or id.</summary>
internal static class CampaignKey
{
    public static Argument<string> Argument() => new("campaign") { Description = "The campaign's name or id." };

    public static async Task<Campaign> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetCampaignRequest { Account = session.RequireAccount() };
        if (Guid.TryParse(key, out _))
            request.CampaignId = key;
        else
            request.Name = key;
        return (await session.Services.Campaigns.GetCampaignAsync(request, cancellationToken: ct)).Campaign;
    }
}
