using System.CommandLine;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns prove`.</summary>
internal static class CampaignsProve
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var contact = ContactKey.Option();
        var command = new Command("prove", "Proves why a contact got a campaign or not: outcome, segment versions, clause by clause what was read, what it did.") { key, contact };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new ExplainRecipientRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, ContactId = target.ContactId };
            var answer = await session.Services.Campaigns.ExplainRecipientAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(campaign, target.ContactId, answer));
        });
    }

    private static Tree View(Campaign campaign, int contactId, ExplainRecipientResponse answer)
    {
        var tree = new Tree(new Text($"contact {contactId}, campaign \"{campaign.Name}\": {Outcome(answer)}"));
        tree.AddNode(new Text($"audience evaluated at {answer.EvaluationTime.ToDateTime():u}{Versions(answer)}"));
        foreach (var source in answer.Sources)
        {
            var node = tree.AddNode(new Text($"{(source.Excluded ? "excluded" : "included")} segment: {(source.Matches ? "matches" : "does not match")}, read at {source.ExplanationTime.ToDateTime():u}"));
            SegmentsExplain.Add(node, source.Explanation);
        }

        foreach (var activity in answer.Activities)
            tree.AddNode(new Text($"{activity.Time.ToDateTime():u} {activity.Kind.ToString().ToLowerInvariant()} {activity.Detail}".TrimEnd()));
        return tree;
    }

    private static string Outcome(ExplainRecipientResponse answer) => answer.Recipient is not { } r
        ? "was not in the audience"
        : $"{r.State.ToString().ToLowerInvariant()}{(r.Reason is 0 ? "" : $" ({r.Reason})")} {r.Address} {r.Detail}".TrimEnd();

    private static string Versions(ExplainRecipientResponse answer) => string.Concat(answer.SegmentVersions.Select(v => $", \"{v.Name}\" version {v.Version}"));
}
