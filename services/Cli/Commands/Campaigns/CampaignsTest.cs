using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns test`.</summary>
internal static class CampaignsTest
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var contact = ContactKey.Option();
        var variant = new Option<string>("--variant") { Description = "The variant of an A/B test. Defaults to the contact's own.", HelpName = "name" };
        var to = new Option<string[]>("--to") { Description = "An address to send it to; may be given up to ten times.", HelpName = "address", Required = true };
        var command = new Command("test", "Sends a campaign's message to test addresses, rendered for a contact. Nothing is counted or tagged.") { key, contact, to, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new SendTestMessageRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactId = target.ContactId,
                Variant = session.Get(variant) ?? "",
                Addresses = { session.Get(to)! },
            };
            var answer = await session.Services.Campaigns.SendTestMessageAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
            return answer.Recipients.All(r => r.State is Recipient.Types.State.Accepted) ? ExitCode.Done : ExitCode.Partial;
        });
    }

    private static Table View(SendTestMessageResponse answer)
    {
        var table = Report.Table("address", "state", "answer of the server");
        foreach (var r in answer.Recipients)
            table.AddRow(r.Address.Cell(), r.State.ToString().Cell(), r.Detail.Cell());
        return table;
    }
}
