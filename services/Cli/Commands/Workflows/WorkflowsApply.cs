using System.CommandLine;
using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows apply`.</summary>
internal static class WorkflowsApply
{
    public static Command Create()
    {
        var file = WorkflowFile.Argument();
        var publish = new Option<bool>("--publish") { Description = "Also publish it." };
        var acceptLoops = WorkflowsPublish.AcceptLoops();
        var command = new Command("apply", "Creates the workflow of a YAML file, or updates the draft of the one of that name.") { file, publish, acceptLoops };
        return command.Runs((session, ct) => WorkflowFile.WithAsync(session, session.Get(file), async (yaml, parsed) =>
        {
            var (workflow, how) = await SaveAsync(session, yaml, parsed.Workflow, ct);
            if (session.Get(publish))
            {
                var answer = await WorkflowsPublish.PublishAsync(session, workflow, session.Get(acceptLoops), ct);
                session.Report.Write(answer, $"Workflow \"{workflow.Name}\" {how} and published as version {answer.Workflow.PublishedVersion}.");
                return;
            }

            var rest = workflow.State is Workflow.Types.State.Draft || workflow.HasUnpublishedChanges
                ? $"; publish it with: tagsegments workflows publish \"{workflow.Name}\""
                : ".";
            session.Report.Write(workflow, $"Workflow \"{workflow.Name}\" {how}{rest}");
        }, ct));
    }

    private static async Task<(Workflow Workflow, string How)> SaveAsync(Session session, string yaml, Workflow parsed, CancellationToken ct)
    {
        var account = session.RequireAccount();
        if (await FindAsync(session, parsed.Name, ct) is not { } known)
        {
            var create = new CreateWorkflowRequest { Account = account, Yaml = yaml, RequestId = RequestId.New() };
            return ((await session.Services.Workflows.CreateWorkflowAsync(create, cancellationToken: ct)).Workflow, "created");
        }

        if (known.Yaml == parsed.Yaml)
            return (known, "is as in the file already");

        var update = new UpdateWorkflowRequest
        {
            Account = account,
            Workflow = new() { WorkflowId = known.WorkflowId, Revision = known.Revision },
            Yaml = yaml,
            RequestId = RequestId.New(),
        };
        return ((await session.Services.Workflows.UpdateWorkflowAsync(update, cancellationToken: ct)).Workflow, "updated");
    }

    private static async Task<Workflow?> FindAsync(Session session, string name, CancellationToken ct)
    {
        try
        {
            var request = new GetWorkflowRequest { Account = session.RequireAccount(), Name = name };
            return (await session.Services.Workflows.GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return null;
        }
    }
}
