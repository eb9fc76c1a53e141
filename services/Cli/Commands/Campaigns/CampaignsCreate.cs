using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns create`.</summary>
internal static class CampaignsCreate
{
    private static readonly Argument<string> Name = new("name") { Description = "The campaign's name, unique in the account." };
    private static readonly Option<string[]> To = Several("--to", "Who gets it: a saved segment or a filter as text.", "filter", required: true);
    private static readonly Option<string[]> Except = Several("--except", "Who does not get it: a saved segment or a filter as text.", "filter");
    private static readonly Option<string[]> Tag = Several("--tag", "A tag that recipients get when their message was accepted; created if missing.", "tag");
    private static readonly Option<string> Subject = One("--subject", "The subject, a Liquid template: Hello {{ contact.first_name }}", "text", required: true);
    private static readonly Option<string> Text = One("--text", "The text part, a Liquid template.", "text");
    private static readonly Option<FileInfo> Html = new Option<FileInfo>("--html") { Description = "A file with the HTML part, a Liquid template.", HelpName = "file" }.AcceptExistingOnly();
    private static readonly Option<string> From = One("--from", "The sender's address. Defaults to the installation's.", "address");
    private static readonly Option<bool> SubscribedOnly = new("--subscribed-only") { Description = "Only contacts that agreed, not those never asked." };

    public static Command Create() =>
        new Command("create", "Creates an e-mail campaign as a draft. Its segments are evaluated when it is sent, not now.")
        {
            Name, To, Except, Tag, Subject, Text, Html, From, SubscribedOnly,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken ct)
    {
        var campaign = new Campaign
        {
            Name = session.Get(Name),
            Message = new()
            {
                Subject = session.Get(Subject),
                Text = session.Get(Text) ?? "",
                Html = session.Get(Html) is { } html ? await File.ReadAllTextAsync(html.FullName, ct) : "",
                FromAddress = session.Get(From) ?? "",
            },
            Audience = new() { SubscribedOnly = session.Get(SubscribedOnly) },
            RecipientTagNames = { session.Get(Tag) ?? [] },
        };
        foreach (var filter in session.Get(To)!)
            campaign.Audience.Include.Add(await FilterArgument.ResolveAsync(session, filter, ct));
        foreach (var filter in session.Get(Except) ?? [])
            campaign.Audience.Exclude.Add(await FilterArgument.ResolveAsync(session, filter, ct));

        var request = new CreateCampaignRequest { Account = session.RequireAccount(), Campaign = campaign, RequestId = RequestId.New() };
        var answer = await session.Services.Campaigns.CreateCampaignAsync(request, cancellationToken: ct);
        session.Report.Write(answer.Campaign, $"Campaign \"{answer.Campaign.Name}\" created as a draft; send it with: tagsegments campaigns send \"{answer.Campaign.Name}\"");
    }

    private static Option<string[]> Several(string name, string description, string value, bool required = false) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = value, Required = required };

    private static Option<string> One(string name, string description, string value, bool required = false) =>
        new(name) { Description = description, HelpName = value, Required = required };
}
