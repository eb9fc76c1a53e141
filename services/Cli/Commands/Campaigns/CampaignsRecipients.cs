using System.CommandLine;
using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns recipients`.</summary>
internal static class CampaignsRecipients
{
    private static readonly Dictionary<string, Recipient.Types.State> s_states =
        Enum.GetValues<Recipient.Types.State>().Skip(1).ToDictionary(state => state.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var contacts = new Option<int[]>("--contact", "-c") { Description = "Only the contact with this number; may be given several times.", HelpName = "number" };
        var states = new Option<string[]>("--state") { Description = $"Only recipients in this state; may be given several times: {string.Join(", ", s_states.Keys)}.", HelpName = "state" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 1000, HelpName = "n" };
        var command = new Command("recipients", "Lists the ledger: everyone in the audience, with what became of the message and why.") { key, contacts, states, limit };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new ListRecipientsRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, ContactIds = { session.Get(contacts) ?? [] } };
            request.States.Add((session.Get(states) ?? []).Select(StateOf));
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Recipients.Count}; raise --limit.");
        });
    }

    private static Recipient.Types.State StateOf(string word) => s_states.TryGetValue(word, out var state)
        ? state
        : throw new CliError($"`{word}` is no state of a recipient.", $"The states are {string.Join(", ", s_states.Keys)}.");

    private static async Task<ListRecipientsResponse> FirstAsync(Session session, ListRecipientsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListRecipientsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Recipients.Count, 1, 10_000);
            var page = await session.Services.Campaigns.ListRecipientsAsync(request, cancellationToken: ct);
            found.Recipients.Add(page.Recipients);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Recipients.Count < limit);
        return found;
    }

    private static Table View(ListRecipientsResponse found)
    {
        var table = Report.Table("contact", "address", "state", "reason", "detail", "accepted");
        foreach (var r in found.Recipients)
            table.AddRow(r.ContactId.Cell(), r.Address.Cell(), r.State.ToString().Cell(), ReasonText(r).Cell(), r.Detail.Cell(), r.AcceptTime.Cell());
        return table;
    }

    private static string ReasonText(Recipient recipient) =>
        recipient.Reason is Recipient.Types.Reason.Unspecified ? "" : recipient.Reason.AsWords();
}
