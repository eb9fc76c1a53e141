using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows runs`.</summary>
internal static class WorkflowsRuns
{
    public static Command Create()
    {
        var key = new Argument<string?>("workflow") { Description = "The workflow's name or id; all workflows if left out.", Arity = ArgumentArity.ZeroOrOne };
        var contact = new Option<int>("--contact", "-c") { Description = "Only the runs of the contact with this number.", HelpName = "number" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var state = new Option<string[]>("--state") { Description = $"Only runs in this state; may be given several times: {string.Join(", ", WorkflowKey.StateWords)}.", HelpName = "state" };
        var command = new Command("runs", "Lists runs, newest first: who went through a workflow and how far.") { key, contact, state, limit };
        return command.Runs(async (session, ct) =>
        {
            var workflow = session.GetOptional(key) is { } name ? await WorkflowKey.GetAsync(session, name, ct) : null;
            var request = new ListRunsRequest { Account = session.RequireAccount(), WorkflowId = workflow?.WorkflowId ?? "", ContactId = session.Get(contact) };
            request.States.AddRange((session.Get(state) ?? []).Select(StateOf));
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
        });
    }

    private static Run.Types.State StateOf(string word) =>
        WorkflowKey.State(word) ?? throw new CliError($"`{word}` is no state of a run.", $"The states are {string.Join(", ", WorkflowKey.StateWords)}.");

    private static async Task<ListRunsResponse> FirstAsync(Session session, ListRunsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListRunsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Runs.Count, 1, 1000);
            var page = await session.Services.Workflows.ListRunsAsync(request, cancellationToken: ct);
            found.Runs.Add(page.Runs);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Runs.Count < limit);
        return found;
    }

    private static Table View(ListRunsResponse found)
    {
        var table = Report.Table("run", "contact", "version", "state", "node", "started", "due", "reason");
        foreach (var run in found.Runs)
            table.AddRow(run.RunId.Cell(), run.ContactId.Cell(), run.Version.Cell(), run.State.ToString().Cell(), run.NodeId.Cell(), run.StartTime.Cell(), run.DueTime.Cell(), run.Reason.Cell());
        return table;
    }
}
