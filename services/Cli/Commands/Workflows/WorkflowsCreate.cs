using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows create`.</summary>
internal static class WorkflowsCreate
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The workflow as YAML, or - for standard input; the README has an example." };
        var command = new Command("create", "Creates a workflow from a YAML file. Nothing starts before it is published.") { file };
        return command.Runs(async (session, ct) =>
        {
            var yaml = session.Get(file) is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(session.Get(file), ct);
            var request = new CreateWorkflowRequest { Account = session.RequireAccount(), Yaml = yaml, RequestId = RequestId.New() };
            var answer = await session.Services.Workflows.CreateWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Workflow, $"Workflow \"{answer.Workflow.Name}\" created as a draft; publish it with: tagsegments workflows publish \"{answer.Workflow.Name}\"");
        });
    }
}
