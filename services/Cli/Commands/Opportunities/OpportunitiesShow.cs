using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`opportunities show`.</summary>
internal static class OpportunitiesShow
{
    public static Command Create()
    {
        var key = OpportunityKey.Argument();
        var command = new Command("show", "Shows an opportunity with the stages it has been in.") { key };
        return command.Runs(async (session, ct) =>
        {
            var opportunity = await OpportunityKey.GetAsync(session, session.Get(key), ct);
            var stages = (await PipelineKey.AllAsync(session, ct)).SelectMany(pipeline => pipeline.Stages).ToDictionary(stage => stage.StageId, stage => stage.Name);
            session.Report.Write(opportunity, () => View(opportunity, stages));
        });
    }

    private static Table View(Opportunity o, Dictionary<int, string> stages)
    {
        var table = Report.Table("attribute", "value");
        foreach (var (name, value) in Attributes(o).Where(attribute => attribute.Value is not ""))
            table.AddRow(name.Cell(), value.Cell());
        foreach (var (field, value) in o.Fields.Fields.OrderBy(f => f.Key, StringComparer.Ordinal))
            table.AddRow($"fields.{field}".Cell(), value.AsText().Cell());
        foreach (var change in o.StageHistory)
            table.AddRow($"stage since {change.Time.ToDateTime():u}".Cell(), stages.GetValueOrDefault(change.StageId, "").Cell());
        return table;
    }

    private static IEnumerable<(string Name, string Value)> Attributes(Opportunity o) =>
    [
        ("number", $"{o.OpportunityId}"), ("external id", o.ExternalId), ("name", o.Name), ("contact", o.ContactId == 0 ? "" : $"{o.ContactId}"),
        ("status", o.Status.ToString()), ("amount", o.Amount), ("opened", o.OpenedDate), ("closed", o.ClosedDate),
    ];
}
