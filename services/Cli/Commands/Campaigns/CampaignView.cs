using Crm.Campaigns.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>A campaign with its counts as a table.</summary>
internal static class CampaignView
{
    public static Table Table(Campaign campaign)
    {
        var table = Report.Table("campaign", campaign.Name);
        table.AddRow("id".Cell(), campaign.CampaignId.Cell());
        table.AddRow("state".Cell(), campaign.State.ToString().Cell());
        if (campaign.Problem is not "")
            table.AddRow("problem".Cell(), campaign.Problem.Cell());
        if (campaign.Schedule?.RunTime is { } run)
            table.AddRow("scheduled for".Cell(), run.Cell());
        if (campaign.EvaluationTime is { } evaluated)
            table.AddRow("audience evaluated at".Cell(), evaluated.Cell());
        else
            table.AddRow("audience".Cell(), "evaluated when it is sent".Cell());
        if (campaign.AbTest is { } test)
            table.AddRow("A/B test".Cell(), Test(test).Cell());
        foreach (var (name, count) in campaign.EvaluationTime is null ? [] : Counts(campaign.Counts ?? new()))
            table.AddRow(name.Cell(), count.Cell());
        return table;
    }

    private static string Test(AbTest test) => test switch
    {
        { Winner: not "" } => $"{test.Winner} won. {test.Decision}",
        { Percent: 100 } => "everybody takes part",
        { Rule: AbTest.Types.Rule.Manual } => "waits for `campaigns choose`",
        { DecideTime: { } time } => $"is decided at {time.ToDateTime():u}",
        _ => $"{test.Percent}% take part",
    };

    private static IEnumerable<(string Name, int Count)> Counts(RecipientCounts c) =>
    [
        ("audience", c.Total), ("pending", c.Pending), ("sending", c.Sending), ("accepted", c.Accepted), ("failed", c.Failed),
        ("skipped", c.Skipped), ("unknown", c.Unknown),
    ];
}
