using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows delete`.</summary>
internal static class WorkflowsDelete
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var force = new Option<bool>("--force") { Description = "Also if it is published, has runs under way, which are cancelled, or another workflow goes to it." };
        var command = new Command("delete", "Deletes a workflow. Its versions and runs can still be read by its id.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var request = new DeleteWorkflowRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow.WorkflowId,
                Force = session.Get(force),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Workflows.DeleteWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" ({workflow.WorkflowId}) is deleted. Runs cancelled: {answer.CancelledRuns}.");
        });
    }
}
