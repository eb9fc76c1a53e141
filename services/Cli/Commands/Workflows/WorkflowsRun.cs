using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows run`.</summary>
internal static class WorkflowsRun
{
    public static Command Create()
    {
        var id = WorkflowKey.RunArgument();
        var command = new Command("run", "Shows the history of one run: every step with its time and reason.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetRunRequest { Account = session.RequireAccount(), RunId = session.Get(id) };
            var answer = await session.Services.Workflows.GetRunAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    private static Table View(GetRunResponse answer)
    {
        var table = Report.Table("time", "step", "node", "asked", "outcome", "detail");
        foreach (var step in answer.Steps)
            table.AddRow(step.Time.Cell(), step.Step_.Cell(), step.NodeId.Cell(), step.Input.Cell(), step.Outcome.ToString().Cell(), step.Detail.Cell());
        return table;
    }
}
