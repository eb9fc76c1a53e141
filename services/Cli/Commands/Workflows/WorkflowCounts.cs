using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Workflows;

/// <summary>The command that counts the runs at the nodes of a workflow.</summary>
internal static class WorkflowCounts
{
    /// <summary>`workflows counts`.</summary>
    public static Command Counts()
    {
        var key = Keys.Workflow.Argument();
        var version = Options.Number("--version", "Only the runs of this version.", value: "version");
        var command = new Command("counts", "Counts the runs at each node of a workflow: waiting there, parked there, ended there, gone on.") { key, version };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
            var request = new GetWorkflowCountsRequest { Account = session.RequireAccount(), WorkflowId = workflow.WorkflowId, Version = session.Get(version) };
            var counts = await session.Services.Workflows.GetWorkflowCountsAsync(request, cancellationToken: ct);
            session.Report.Write(counts, () => View(counts.Total));
            if (counts.Total is { Declined: > 0 } or { LoopStopped: > 0 } or { Deferred: > 0 })
                session.Report.Note($"Not started: {counts.Total.Declined:N0} declined, {counts.Total.LoopStopped:N0} stopped as loops, {counts.Total.Deferred:N0} still to come.");
        });
    }

    private static Table View(VersionCounts counts) => Report.Table(
        counts.Nodes,
        ("node", node => node.NodeId), ("running", node => node.Running), ("retrying", node => node.Retrying), ("waiting", node => node.Waiting),
        ("parked", node => node.Parked), ("completed", node => node.Completed), ("exited", node => node.Exited),
        ("cancelled", node => node.Cancelled), ("went on", node => node.Passed));
}
