using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`pipelines list`.</summary>
internal static class PipelinesList
{
    public static Command Create() => new Command("list", "Lists the pipelines with their stages.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Opportunities.ListPipelinesAsync(new ListPipelinesRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () =>
        {
            var table = Report.Table("pipeline", "stages");
            foreach (var pipeline in answer.Pipelines)
                table.AddRow(pipeline.Name.Cell(), string.Join(" > ", pipeline.Stages.Select(stage => stage.Name)).Cell());
            return table;
        });
    });
}
