using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows create`.</summary>
internal static class WorkflowsCreate
{
    public static Command Create()
    {
        var file = WorkflowFile.Argument();
        var command = new Command("create", "Creates a workflow from a YAML file. Nothing starts before it is published.") { file };
        return command.Runs((session, ct) => WorkflowFile.WithAsync(session, session.Get(file), async (yaml, _) =>
        {
            var request = new CreateWorkflowRequest { Account = session.RequireAccount(), Yaml = yaml, RequestId = RequestId.New() };
            var answer = await session.Services.Workflows.CreateWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Workflow, $"Workflow \"{answer.Workflow.Name}\" created as a draft; publish it with: tagsegments workflows publish \"{answer.Workflow.Name}\"");
        }, ct));
    }
}
