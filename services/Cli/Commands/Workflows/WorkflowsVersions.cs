using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows versions`.</summary>
internal static class WorkflowsVersions
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var command = new Command(
            "versions", "Lists the published versions of a workflow, newest first, and the runs under way on each. A deleted workflow is found by its id.") { key };
        return command.Runs(async (session, ct) =>
        {
            var name = session.Get(key);
            var id = Guid.TryParse(name, out _) ? name : (await WorkflowKey.GetAsync(session, name, ct)).WorkflowId;
            var request = new ListWorkflowVersionsRequest { Account = session.RequireAccount(), WorkflowId = id, PageSize = 1000 };
            var all = new ListWorkflowVersionsResponse();
            do
            {
                var page = await session.Services.Workflows.ListWorkflowVersionsAsync(request, cancellationToken: ct);
                all.Versions.Add(page.Versions);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken is not "");
            session.Report.Write(all, () => View(all));
        });
    }

    private static Table View(ListWorkflowVersionsResponse all)
    {
        var table = Report.Table("version", "published", "by", "until", "runs under way", "accepted loops");
        foreach (var v in all.Versions)
        {
            table.AddRow(
                v.Version.Cell(), v.PublishTime.Cell(), v.Publisher.Cell(), v.EndTime.Cell(), v.ActiveRuns.Cell(), string.Join("; ", v.AcceptedLoops).Cell());
        }

        return table;
    }
}
