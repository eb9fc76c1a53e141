using System.CommandLine;
using System.Text.RegularExpressions;
using Crm.Accounts.V1;
using Crm.Workflows.V1;
using Google.Rpc;
using Grpc.Core;
using Spectre.Console;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.Workflows;

/// <summary>Commands that read a workflow from a YAML file. Errors are shown as compilers do: file, line, column, path.</summary>
internal static partial class WorkflowFiles
{
    /// <summary>`workflows validate`.</summary>
    public static Command Validate()
    {
        var file = Argument();
        var command = new Command("validate", "Checks a YAML file, its references, and whether it would create loops. Saves nothing.") { file };
        return command.Runs((session, ct) => WithAsync(session, session.Get(file), (_, parsed) =>
        {
            session.Report.Write(parsed, () => new Rows(
            [
                new Text($"Workflow \"{parsed.Workflow.Name}\" is valid: {parsed.Workflow.Definition.Nodes.Count} nodes."),
                .. parsed.Loops.Select(loop => new Text($"It could start itself again: {loop}")),
                .. parsed.ClockChanges.Select(change => new Text($"The clocks change: {change}")),
            ]));
            return Task.CompletedTask;
        }, ct));
    }

    /// <summary>`workflows create`.</summary>
    public static Command Create()
    {
        var file = Argument();
        var command = new Command("create", "Creates a workflow from a YAML file. It starts no runs before it is published.") { file };
        return command.Runs((session, ct) => WithAsync(session, session.Get(file), async (yaml, _) =>
        {
            var request = new CreateWorkflowRequest { Account = session.RequireAccount(), Yaml = yaml, RequestId = RequestId.New() };
            var answer = await session.Services.Workflows.CreateWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Workflow, $"Workflow \"{answer.Workflow.Name}\" created as a draft; to publish it: tagsegments workflows publish \"{answer.Workflow.Name}\"");
        }, ct));
    }

    /// <summary>`workflows apply`.</summary>
    public static Command Apply()
    {
        var file = Argument();
        var publish = new Option<bool>("--publish") { Description = "Also publish it." };
        var acceptLoops = WorkflowPublishing.AcceptLoops();
        var command = new Command("apply", "Creates the workflow of a YAML file, or updates the draft of the workflow with that name.") { file, publish, acceptLoops };
        return command.Runs((session, ct) => WithAsync(session, session.Get(file), async (yaml, parsed) =>
        {
            var (workflow, how) = await SaveAsync(session, yaml, parsed.Workflow, ct);
            if (session.Get(publish))
            {
                var answer = await WorkflowPublishing.PublishAsync(session, workflow, session.Get(acceptLoops), ct);
                session.Report.Write(answer, $"Workflow \"{workflow.Name}\" {how} and published as version {answer.Workflow.PublishedVersion}.");
                return;
            }

            var rest = workflow.State is Workflow.Types.State.Draft || workflow.HasUnpublishedChanges
                ? $"; to publish it: tagsegments workflows publish \"{workflow.Name}\""
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
            return (known, "already equals the file");

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

    public static Argument<string> Argument() => new("file") { Description = "The workflow as YAML, or - for standard input." };

    /// <summary>Reads and resolves the file, then continues with the parsed workflow.</summary>
    public static async Task<int> WithAsync(Session session, string path, Func<string, ParseWorkflowResponse, Task> next, CancellationToken ct)
    {
        var yaml = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        try
        {
            var request = new ParseWorkflowRequest { Account = session.RequireAccount(), Yaml = yaml };
            await next(yaml, await session.Services.Workflows.ParseWorkflowAsync(request, cancellationToken: ct));
            return ExitCode.Done;
        }
        catch (RpcException e) when (!session.Report.IsJson && e.StatusCode is StatusCode.InvalidArgument && FaultsOf(e) is { Count: > 0 } faults)
        {
            foreach (var fault in faults)
                session.Report.Note($"{path}{Place(fault)}");
            session.Report.Note($"{faults.Count} {(faults.Count == 1 ? "fault" : "faults")}; nothing was changed.");
            return ExitCode.Refused;
        }
    }

    private static List<BadRequest.Types.FieldViolation> FaultsOf(RpcException e) =>
        [.. e.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations ?? []];

    private static string Place(BadRequest.Types.FieldViolation fault) => LineAndColumn().Match(fault.Description) is { Success: true } at
        ? $":{at.Groups[1].Value}:{at.Groups[2].Value}: {fault.Field}: {fault.Description[at.Length..]}"
        : $": {fault.Field}: {fault.Description}";

    [GeneratedRegex("^line ([0-9]+), column ([0-9]+): ", RegexOptions.NonBacktracking)]
    private static partial Regex LineAndColumn();
}
