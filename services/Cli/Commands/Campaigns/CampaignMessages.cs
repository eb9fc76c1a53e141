using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>Commands that show or try a campaign's message.</summary>
internal static class CampaignMessages
{
    /// <summary>`campaigns preview`.</summary>
    public static Command Preview()
    {
        var key = Keys.Campaign.Argument();
        var contact = Keys.ContactOption();
        var variant = Options.Text("--variant", "The variant of an A/B test. Defaults to the contact's own.", "name");
        var command = new Command("preview", "Shows a campaign's message as a contact would get it, without sending it.") { key, contact, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var request = new PreviewMessageRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactId = target.ContactId,
                Variant = session.Get(variant) ?? "",
            };
            var answer = await session.Services.Campaigns.PreviewMessageAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => PreviewView(answer));
        });
    }

    private static Rows PreviewView(PreviewMessageResponse answer)
    {
        var table = Report.Empty("message", "");
        table.Row("to", answer.Address is "" ? "nobody: the contact has no address" : answer.Address);
        if (answer.Variant is not "")
            table.Row("variant", answer.Variant);
        if (answer.Message.Subject is not "")
            table.Row("subject", answer.Message.Subject);
        if (answer.MissingFields.Count > 0)
            table.Row("no value for", string.Join(", ", answer.MissingFields));
        return new(new[] { ("text", answer.Message.Text), ("HTML", answer.Message.Html) }
            .Where(part => part.Item2 is not "")
            .Select(part => new Text($"--- {part.Item1}\n{part.Item2}\n"))
            .Prepend<Spectre.Console.Rendering.IRenderable>(table));
    }

    /// <summary>`campaigns test`.</summary>
    public static Command Test()
    {
        var key = Keys.Campaign.Argument();
        var contact = Keys.ContactOption();
        var variant = Options.Text("--variant", "The variant of an A/B test. Defaults to the contact's own.", "name");
        var to = new Option<string[]>("--to") { Description = "A confirmed address of the team to send it to; may be given up to ten times.", HelpName = "address", Required = true };
        var command = new Command("test", "Sends a campaign's message to addresses of the team, rendered for a contact. Nothing is tracked or tagged.") { key, contact, to, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var request = new SendTestMessageRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactId = target.ContactId,
                Variant = session.Get(variant) ?? "",
                Addresses = { session.Get(to)! },
            };
            var answer = await session.Services.Campaigns.SendTestMessageAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => TestView(answer));
            return answer.Recipients.All(r => r.State is Recipient.Types.State.Accepted) ? ExitCode.Done : ExitCode.Partial;
        });
    }

    private static Table TestView(SendTestMessageResponse answer) => Report.Table(
        answer.Recipients,
        ("address", r => r.Address), ("state", r => r.State), ("reason", r => r.Reason), ("answer of the server", r => r.Detail));
}
