using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows unpublish`.</summary>
internal static class WorkflowsUnpublish
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var cancelRuns = new Option<bool>("--cancel-runs") { Description = "Also end the runs under way." };
        var command = new Command("unpublish", "Lets no event start runs any more. Runs under way go on to their end.") { key, cancelRuns };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var request = new UnpublishWorkflowRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow.WorkflowId,
                CancelRuns = session.Get(cancelRuns),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Workflows.UnpublishWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" takes no more contacts. Runs cancelled: {answer.CancelledRuns}.");
        });
    }
}
