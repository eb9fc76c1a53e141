using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Workflows.V1;
using Google.Protobuf.Reflection;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Workflows;

/// <summary>Commands about the runs of workflows.</summary>
internal static class WorkflowRuns
{
    /// <summary>`workflows runs`.</summary>
    public static Command ListRuns()
    {
        var key = new Argument<string?>("workflow") { Description = "The workflow's name or id; all workflows if left out.", Arity = ArgumentArity.ZeroOrOne };
        var contact = Options.ContactNumber("Only the runs of the contact with this number.");
        var node = Options.Text("--node", "Only runs whose current or last node this is; with a workflow.", "node");
        var (limit, skip) = (Options.Limit(100), Options.Skip());
        var state = new Option<string[]>("--state") { Description = $"Only runs in this state; may be given several times: {string.Join(", ", StateWords)}.", HelpName = "state" };
        var command = new Command("runs", "Lists runs, newest first, with their contacts and states.") { key, contact, state, node, limit, skip };
        return command.Runs(async (session, ct) =>
        {
            var workflow = session.GetOptional(key) is { } name ? await Keys.Workflow.GetAsync(session, name, ct) : null;
            var request = new ListRunsRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow?.WorkflowId ?? "",
                ContactId = session.Get(contact),
                NodeId = session.Get(node) ?? "",
                Skip = session.Get(skip),
            };
            request.States.AddRange((session.Get(state) ?? []).Select(StateOf));
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Workflows.ListRunsAsync(r, cancellationToken: ct), page => page.Runs);
            session.Report.Write(found, () => ListRunsView(found));
        });
    }

    private static Run.Types.State StateOf(string word) =>
        State(word) ?? throw new CliError($"`{word}` is not a state of a run.", $"The states are {string.Join(", ", StateWords)}.");

    private static Table ListRunsView(ListRunsResponse found) => Report.Table(
        found.Runs,
        ("run", run => run.RunId), ("contact", run => run.ContactId), ("version", run => run.Version),
        ("state", run => run.State), ("node", run => run.NodeId), ("started", run => run.StartTime),
        ("due", run => run.DueTime), ("reason", run => run.Reason));

    /// <summary>`workflows run`.</summary>
    public static Command ShowRun()
    {
        var id = RunArgument();
        var command = new Command("run", "Shows the history of one run: every step with its time and reason.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetRunRequest { Account = session.RequireAccount(), RunId = session.Get(id) };
            var answer = await session.Services.Workflows.GetRunAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => ShowRunView(answer));
        });
    }

    private static Table ShowRunView(GetRunResponse answer) => Report.Table(
        answer.Steps,
        ("time", step => step.Time), ("step", step => step.Step_), ("node", step => step.NodeId),
        ("asked", step => step.Input), ("outcome", step => step.Outcome), ("detail", step => step.Detail));

    /// <summary>`workflows history`.</summary>
    public static Command History()
    {
        var key = new Argument<string?>("workflow") { Description = "The workflow's name or id; all workflows if left out.", Arity = ArgumentArity.ZeroOrOne };
        var contact = new Option<string>("--contact", "-c") { Description = "Only this contact: its number, or external:KEY.", HelpName = "contact" };
        var limit = Options.Limit(100, "How many steps at most.");
        var command = new Command("history", "Lists the steps of runs: of a contact, of a workflow, or of both. Newest run first.") { key, contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListStepsRequest { Account = session.RequireAccount() };
            if (session.GetOptional(key) is { } name)
                request.WorkflowId = (await Keys.Workflow.GetAsync(session, name, ct)).WorkflowId;
            if (session.Get(contact) is { } who)
                request.ContactId = (await Keys.Contact.GetAsync(session, who, ct)).ContactId;
            if (request.WorkflowId is "" && request.ContactId is 0)
                throw new CliError("A workflow or a contact is required.", "Give the workflow's name, or --contact.");

            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Workflows.ListStepsAsync(r, cancellationToken: ct), page => page.Steps);
            session.Report.Write(found, () => HistoryView(found));
        });
    }

    private static Table HistoryView(ListStepsResponse found)
    {
        var table = Report.Empty("time", "workflow", "contact", "run", "node", "asked", "outcome", "detail");
        foreach (var entry in found.Steps)
        {
            var step = entry.Step;
            table.Row(
                step.Time, entry.Workflow, entry.ContactId, entry.RunId, step.NodeId, step.Input, step.Outcome, step.Detail);
        }

        return table;
    }

    /// <summary>`workflows cancel-run`.</summary>
    public static Command CancelRun()
    {
        var id = RunArgument();
        var reason = Options.Text("--reason", "The reason, kept with the run.");
        var command = new Command("cancel-run", "Cancels a run at its current node.") { id, reason };
        return command.Runs(async (session, ct) =>
        {
            var request = new CancelRunRequest
            {
                Account = session.RequireAccount(),
                RunId = session.Get(id),
                Reason = session.Get(reason) ?? "",
                RequestId = RequestId.New(),
            };
            var run = (await session.Services.Workflows.CancelRunAsync(request, cancellationToken: ct)).Run;
            session.Report.Write(run, $"The run is {Word(run.State)} at \"{run.NodeId}\".");
        });
    }

    /// <summary>`workflows resume-run`.</summary>
    public static Command ResumeRun()
    {
        var id = RunArgument();
        var command = new Command("resume-run", "Retries the current node of a parked run; `workflows runs --state parked` lists such runs.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new ResumeRunRequest { Account = session.RequireAccount(), RunId = session.Get(id), RequestId = RequestId.New() };
            var run = (await session.Services.Workflows.ResumeRunAsync(request, cancellationToken: ct)).Run;
            session.Report.Write(run, $"The run continues at \"{run.NodeId}\".");
        });
    }

    private static EnumDescriptor States => Run.Descriptor.FindFieldByName("state").EnumType;

    private static Argument<string> RunArgument() => new("run") { Description = "The run's id, as `workflows runs` shows it." };

    /// <summary>Writes a state as the command line has it: <c>loop_stopped</c>.</summary>
    private static string Word(Run.Types.State state) => States.FindValueByNumber((int)state)!.Name["STATE_".Length..].ToLowerInvariant();

    /// <summary>Reads a state as it is written or as tables show it; null if it is not a state.</summary>
    private static Run.Types.State? State(string word) =>
        Enum.TryParse<Run.Types.State>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var state)
            && Enum.IsDefined(state) && state is not Run.Types.State.Unspecified
            ? state
            : null;

    private static IEnumerable<string> StateWords => Enum.GetValues<Run.Types.State>().Skip(1).Select(Word);
}
