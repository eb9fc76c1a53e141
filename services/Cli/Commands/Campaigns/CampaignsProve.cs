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
        var audience = tree.AddNode(new Text($"audience evaluated at {answer.EvaluationTime.ToDateTime():u}; what was read then:"));
        foreach (var source in answer.Sources)
        {
            var node = audience.AddNode(new Text($"{(source.Excluded ? "left out" : "included")}: {Name(source)}, {Verdict(source)}"));
            if (source.Explanation is { } explanation)
                SegmentsExplain.Add(node, explanation);
        }

        foreach (var consent in answer.Consents)
            tree.AddNode(new Text($"{consent.Time.ToDateTime():u} consent read {(consent.Moment is ConsentCheck.Types.Moment.Snapshot ? "with the audience" : "before it left")}: {consent.Consent.ToString().ToLowerInvariant()}"));
        foreach (var activity in answer.Activities)
            tree.AddNode(new Text($"{activity.Time.ToDateTime():u} {activity.Kind.ToString().ToLowerInvariant()} {activity.Detail}".TrimEnd()));
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
