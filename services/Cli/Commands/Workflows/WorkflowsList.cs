using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows list`.</summary>
internal static class WorkflowsList
{
    public static Command Create() => new Command("list", "Lists the workflows.").Runs(async (session, ct) =>
    {
        var all = new ListWorkflowsResponse();
        var request = new ListWorkflowsRequest { Account = session.RequireAccount(), PageSize = 1000, Check = true };
        do
        {
            var page = await session.Services.Workflows.ListWorkflowsAsync(request, cancellationToken: ct);
            all.Workflows.Add(page.Workflows);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        session.Report.Write(all, () =>
        {
            var table = Report.Table("workflow", "state", "version", "parked", "loops stopped", "problems", "id", "updated");
            foreach (var w in all.Workflows)
            {
                table.AddRow(
                    w.Name.Cell(), w.State.ToString().Cell(), w.PublishedVersion.Cell(), w.ParkedRuns.Cell(), w.LoopStoppedRuns.Cell(),
                    string.Join("; ", w.Problems).Cell(), w.WorkflowId.Cell(), w.UpdateTime.Cell());
            }

            return table;
        });
    });
}
