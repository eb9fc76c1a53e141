using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Commands.Segments;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>Commands about the recipients of a campaign.</summary>
internal static class CampaignLedger
{
    private static readonly Dictionary<string, Recipient.Types.State> s_states =
        Enum.GetValues<Recipient.Types.State>().Skip(1).ToDictionary(state => state.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    /// <summary>`campaigns recipients`.</summary>
    public static Command Recipients()
    {
        var key = Keys.Campaign.Argument();
        var contacts = new Option<int[]>("--contact", "-c") { Description = "Only the contact with this number; may be given several times.", HelpName = "number" };
        var states = new Option<string[]>("--state") { Description = $"Only recipients in this state; may be given several times: {string.Join(", ", s_states.Keys)}.", HelpName = "state" };
        var (limit, skip) = (Options.Limit(1000), Options.Skip());
        var command = new Command("recipients", "Lists the ledger: everyone in the audience, with the outcome of the message and its reason.")
        {
            key, contacts, states, limit, skip,
        };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var request = new ListRecipientsRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactIds = { session.Get(contacts) ?? [] },
                Skip = session.Get(skip),
            };
            request.States.Add((session.Get(states) ?? []).Select(StateOf));
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Campaigns.ListRecipientsAsync(r, cancellationToken: ct), page => page.Recipients, 10_000);
            session.Report.Write(found, () => RecipientsView(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Recipients.Count}; raise --limit.");
        });
    }

    private static Recipient.Types.State StateOf(string word) => s_states.TryGetValue(word, out var state)
        ? state
        : throw new CliError($"`{word}` is not a state of a recipient.", $"The states are {string.Join(", ", s_states.Keys)}.");

    private static Table RecipientsView(ListRecipientsResponse found) => Report.Table(
        found.Recipients,
        ("contact", r => r.ContactId), ("address", r => r.Address), ("state", r => r.State), ("reason", r => ReasonText(r)),
        ("detail", r => r.Detail), ("accepted", r => r.AcceptTime));

    private static string ReasonText(Recipient recipient) =>
        recipient.Reason is Recipient.Types.Reason.Unspecified ? "" : recipient.Reason.AsWords();

    /// <summary>`campaigns prove`.</summary>
    public static Command Prove()
    {
        var key = Keys.Campaign.Argument();
        var contact = Keys.ContactOption();
        var command = new Command("prove", "Shows why a contact got a campaign or not: the outcome, the segment versions, the values read for each clause, and what the contact did.") { key, contact };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var request = new ExplainRecipientRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, ContactId = target.ContactId };
            var answer = await session.Services.Campaigns.ExplainRecipientAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => ProveView(campaign, target.ContactId, answer));
        });
    }

    private static Tree ProveView(Campaign campaign, int contactId, ExplainRecipientResponse answer)
    {
        var tree = new Tree(new Text($"contact {contactId}, campaign \"{campaign.Name}\": {Outcome(answer)}"));
        var audience = tree.AddNode(new Text($"audience evaluated at {Times.Text(answer.EvaluationTime)}; the values at that time:"));
        foreach (var source in answer.Sources)
        {
            var node = audience.AddNode(new Text($"{(source.Excluded ? "left out" : "included")}: {Name(source)}, {Verdict(source)}"));
            if (source.Explanation is { } explanation)
                SegmentExplanation.Add(node, explanation);
        }

        foreach (var consent in answer.Consents)
            tree.AddNode(new Text($"{Times.Text(consent.Time)} consent read {(consent.Moment is ConsentCheck.Types.Moment.Snapshot ? "with the audience" : "before it left")}: {consent.Consent.ToString().ToLowerInvariant()}"));
        foreach (var activity in answer.Activities)
            tree.AddNode(new Text($"{Times.Text(activity.Time)} {activity.Kind.ToString().ToLowerInvariant()} {activity.Detail}".TrimEnd()));
        return tree;
    }

    private static string Name(SourceExplanation source) => source switch
    {
        { SegmentVersion: { } version } => $"segment \"{version.Name}\" version {version.Version}",
        { Source.SourceCase: FilterSource.SourceOneofCase.SmartListId } => "smart list",
        _ => "filter",
    };

    private static string Verdict(SourceExplanation source) => source switch
    {
        { Problem.Length: > 0 } => source.Problem,
        { Matches: true } => "matches",
        _ => "does not match",
    };

    private static string Outcome(ExplainRecipientResponse answer) => answer.Recipient is not { } r
        ? "was not in the audience"
        : $"{r.State.ToString().ToLowerInvariant()}{(r.Reason is 0 ? "" : $" ({r.Reason.AsWords()})")} {r.Address} {r.Detail}".TrimEnd();
}
