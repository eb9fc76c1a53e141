using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows publish`.</summary>
internal static class WorkflowsPublish
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var acceptLoops = new Option<bool>("--accept-loops") { Description = "Publish although workflows could start one another without end." };
        var command = new Command("publish", "Makes a new version of the draft and lets events start runs of it.") { key, acceptLoops };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var answer = await session.Services.Workflows.PublishWorkflowAsync(new PublishWorkflowRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow.WorkflowId,
                Revision = workflow.Revision,
                AcceptLoops = session.Get(acceptLoops),
                RequestId = RequestId.New(),
            }, cancellationToken: ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" published as version {answer.Workflow.PublishedVersion}.");
        });
    }
}
