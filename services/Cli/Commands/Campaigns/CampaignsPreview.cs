using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns preview`.</summary>
internal static class CampaignsPreview
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var contact = ContactKey.Option();
        var variant = new Option<string>("--variant") { Description = "The variant of an A/B test. Defaults to the contact's own.", HelpName = "name" };
        var command = new Command("preview", "Shows a campaign's message as a contact would get it, without sending it.") { key, contact, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new PreviewMessageRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactId = target.ContactId,
                Variant = session.Get(variant) ?? "",
            };
            var answer = await session.Services.Campaigns.PreviewMessageAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    private static Rows View(PreviewMessageResponse answer)
    {
        var table = Report.Table("message", "");
        table.AddRow("to".Cell(), (answer.Address is "" ? "nobody: the contact has no address" : answer.Address).Cell());
        if (answer.Variant is not "")
            table.AddRow("variant".Cell(), answer.Variant.Cell());
        if (answer.Message.Subject is not "")
            table.AddRow("subject".Cell(), answer.Message.Subject.Cell());
        if (answer.MissingFields.Count > 0)
            table.AddRow("no value for".Cell(), string.Join(", ", answer.MissingFields).Cell());
        return new(new[] { ("text", answer.Message.Text), ("HTML", answer.Message.Html) }
            .Where(part => part.Item2 is not "")
            .Select(part => new Text($"--- {part.Item1}\n{part.Item2}\n"))
            .Prepend<Spectre.Console.Rendering.IRenderable>(table));
    }
}
