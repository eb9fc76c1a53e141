using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows publish`.</summary>
internal static class WorkflowsPublish
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var acceptLoops = AcceptLoops();
        var command = new Command("publish", "Makes a new version of the draft and lets events start runs of it.") { key, acceptLoops };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var answer = await PublishAsync(session, workflow, session.Get(acceptLoops), ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" published as version {answer.Workflow.PublishedVersion}.");
        });
    }

    public static Option<bool> AcceptLoops() => new("--accept-loops") { Description = "Publish although workflows could start one another without end." };

    public static async Task<PublishWorkflowResponse> PublishAsync(Session session, Workflow workflow, bool acceptLoops, CancellationToken ct)
    {
        var request = new PublishWorkflowRequest
        {
            Account = session.RequireAccount(),
            WorkflowId = workflow.WorkflowId,
            Revision = workflow.Revision,
            AcceptLoops = acceptLoops,
            RequestId = RequestId.New(),
        };
        var answer = await session.Services.Workflows.PublishWorkflowAsync(request, cancellationToken: ct);
        foreach (var loop in answer.Loops)
            session.Report.Note($"accepted: {loop}");
        return answer;
    }
}
