using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Workflows;

/// <summary>Commands about workflows and their versions.</summary>
internal static class WorkflowCommands
{
    /// <summary>`workflows`.</summary>
    public static Command Build() => new("workflows", "Workflows that react to tags and other events.")
    {
        List(), Show(), WorkflowFiles.Validate(), WorkflowFiles.Apply(), WorkflowFiles.Create(), WorkflowPublishing.Publish(),
        WorkflowPublishing.Unpublish(), Delete(), Versions(), Simulate(), WorkflowPublishing.Enrol(), WorkflowRuns.ListRuns(),
        WorkflowCounts.Counts(),
        WorkflowRuns.ShowRun(), WorkflowRuns.History(), WorkflowRuns.CancelRun(), WorkflowRuns.ResumeRun(),
        WorkflowPublishing.Move(),
    };

    private static Command List() => new Command("list", "Lists the workflows.").Runs(async (session, ct) =>
    {
        var request = new ListWorkflowsRequest { Account = session.RequireAccount(), Check = true };
        var all = await Pages.AllAsync(request, r => session.Services.Workflows.ListWorkflowsAsync(r, cancellationToken: ct), page => page.Workflows);

        session.Report.Write(all, () => Report.Table(
            all.Workflows,
            ("workflow", w => w.Name), ("state", w => w.State), ("version", w => w.PublishedVersion),
            ("parked", w => w.ParkedRuns), ("loops stopped", w => w.LoopStoppedRuns),
            ("problems", w => string.Join("; ", w.Problems)), ("id", w => w.WorkflowId), ("updated", w => w.UpdateTime)));
    });

    private static Command Show()
    {
        var key = Keys.Workflow.Argument();
        var version = Options.Number("--version", "A published version instead of the draft.", value: "version");
        var command = new Command("show", "Shows a workflow's draft as YAML, as `workflows apply` reads it.") { key, version };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetWorkflowRequest { Account = session.RequireAccount(), Version = session.Get(version) };
            Keys.Set(session.Get(key), id => request.WorkflowId = id, name => request.Name = name);
            var workflow = (await session.Services.Workflows.GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
            foreach (var problem in workflow.Problems)
                session.Report.Note($"problem: {problem}");
            session.Report.Write(workflow, () => new Text(workflow.Yaml));
        });
    }

    private static Command Delete()
    {
        var key = Keys.Workflow.Argument();
        var force = new Option<bool>("--force") { Description = "Delete it even if it is published, has runs under way (they are cancelled), or is the target of another workflow." };
        var command = new Command("delete", "Deletes a workflow. Its versions and runs can still be read by its id.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
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

    private static Command Versions()
    {
        var key = Keys.Workflow.Argument();
        var command = new Command(
            "versions", "Lists the published versions of a workflow, newest first, with their active runs. A deleted workflow is found by its id.") { key };
        return command.Runs(async (session, ct) =>
        {
            var name = session.Get(key);
            var id = Guid.TryParse(name, out _) ? name : (await Keys.Workflow.GetAsync(session, name, ct)).WorkflowId;
            var request = new ListWorkflowVersionsRequest { Account = session.RequireAccount(), WorkflowId = id };
            var all = await Pages.AllAsync(request, r => session.Services.Workflows.ListWorkflowVersionsAsync(r, cancellationToken: ct), page => page.Versions);
            session.Report.Write(all, () => VersionsView(all));
        });
    }

    private static Table VersionsView(ListWorkflowVersionsResponse all) => Report.Table(
        all.Versions,
        ("version", v => v.Version), ("published", v => v.PublishTime), ("by", v => v.Publisher), ("until", v => v.EndTime),
        ("runs under way", v => v.ActiveRuns), ("accepted loops", v => string.Join("; ", v.AcceptedLoops)));

    private static Command Simulate()
    {
        var key = Keys.Workflow.Argument();
        var contact = Keys.ContactOption();
        var version = Options.Number("--version", "A published version instead of the draft.", value: "version");
        var command = new Command("simulate", "Shows what the draft would do with a contact, without doing it.") { key, contact, version };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var request = new SimulateWorkflowRequest { Account = session.RequireAccount(), WorkflowId = workflow.WorkflowId, ContactId = target.ContactId, Version = session.Get(version) };
            var answer = await session.Services.Workflows.SimulateWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => SimulateView(answer));
        });
    }

    private static Table SimulateView(SimulateWorkflowResponse answer)
    {
        var table = Report.Empty("when", "node", "would", "because");
        table.Row("", "", "start", answer.Entry);
        foreach (var step in answer.Steps)
            table.Row(step.Time, step.NodeId, step.Action, step.Detail);
        table.Row("", "", "end", answer.Ending);
        return table;
    }
}
