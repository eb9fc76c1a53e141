using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns resend`.</summary>
internal static class CampaignsResend
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var contacts = new Option<int[]>("--contact", "-c") { Description = "The contact with this number; may be given several times.", HelpName = "number" };
        var all = new Option<bool>("--all") { Description = "Everyone whose outcome is unknown." };
        var command = new Command("resend", "Sends a campaign once more to recipients whose outcome is unknown; some of them may get it twice.") { key, contacts, all };
        return command.Runs(async (session, ct) =>
        {
            if (session.Get(all) == session.Given(contacts))
                throw new CliError("Say who gets the campaign once more.", "Use --contact for some, or --all for everyone whose outcome is unknown.");

            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new ResendUnknownRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactIds = { session.Get(contacts) ?? [] },
                All = session.Get(all),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Campaigns.ResendUnknownAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Resent} recipients of \"{campaign.Name}\" wait for their message again.");
        });
    }
}
