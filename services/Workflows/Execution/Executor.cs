using System.Collections.Concurrent;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Execution;

/// <summary>
/// Carries out the runs of an account as they become due. Runs at the same node go together: one query, one evaluation of its conditions and
/// one commit for many of them. A slow group does not hold up the others.
/// </summary>
internal sealed class Executor(
    ExecutionStore store, Enroller enroller, NodeRunner nodes, DueWatch watch, AccountWork<RunLane> work, ILogger<Executor> logger)
    : IHostedService
{
    private const int MostPutOff = 1_000;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        work.Start(RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Carries out the runs of a lane until none is due or under way.
    private async Task RunAsync(AccountInfo account, RunLane lane, Wakeup wakeup, CancellationToken ct)
    {
        var busy = new ConcurrentDictionary<Guid, byte>();
        var groups = new List<Task>();
        try
        {
            bool mayHaveMore;
            do
            {
                var woken = wakeup.Next();
                groups.RemoveAll(group => group.IsCompleted);
                mayHaveMore = await TryRunDueAsync(account, lane, busy, groups, ct);
                if (!mayHaveMore && !busy.IsEmpty)
                {
                    await woken.WaitAsync(ct);
                }
            }
            while (mayHaveMore || wakeup.IsSet || !busy.IsEmpty);
        }
        finally
        {
            await Task.WhenAll(groups);
        }
    }

    private async Task<bool> TryRunDueAsync(
        AccountInfo account, RunLane lane, ConcurrentDictionary<Guid, byte> busy, List<Task> groups, CancellationToken ct)
    {
        try
        {
            return await RunDueAsync(account, lane, busy, groups, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // The database is down; due runs stay due.
            logger.ExecutorBroke(e, account.Name);
            await Task.Delay(s_pause, ct);
            return true;
        }
    }

    // Whether there may be more that is due.
    private async Task<bool> RunDueAsync(
        AccountInfo account, RunLane lane, ConcurrentDictionary<Guid, byte> busy, List<Task> groups, CancellationToken ct)
    {
        var room = MaxBusy(lane) - busy.Count;
        var due = room > 0 ? await store.DueAsync(account, lane, [.. busy.Keys], room, ct) : [];
        foreach (var group in due.GroupBy(run => (run.WorkflowId, run.Version, run.NodeId)))
        {
            var definition = await store.DefinitionAsync(account.Id, group.Key.WorkflowId, group.Key.Version, ct);
            // Runs are moved to versions that have their nodes only.
            var node = definition.Nodes.Single(node => node.Id == group.Key.NodeId);
            foreach (var runs in group.Chunk(NodeFacts.Of(node).GroupSize))
            {
                groups.Add(RunGroupAsync(account, definition, node, runs, busy, ct));
            }
        }

        var putOff = lane is RunLane.Bulk && due.Count < room ? await enroller.WorkOffAsync(account.Id, MostPutOff, ct) : 0;
        return putOff > 0 || (room > 0 && due.Count == room);
    }

    // Calls of bulk operations queue in other services ahead of those of single events, so there must be few of them.
    private static int MaxBusy(RunLane lane) => lane is RunLane.Bulk ? 1_000 : 2_000;

    private async Task RunGroupAsync(
        AccountInfo account, Definition definition, Node node, ActiveRun[] runs, ConcurrentDictionary<Guid, byte> busy, CancellationToken ct)
    {
        foreach (var run in runs)
        {
            busy[run.RunId] = 0;
        }

        using var span = Spans.Of(runs.Select(run => run.RunId), "workflows.step", account.Id)
            ?.SetTag("workflows.node", node.ActionCase.ToString()).SetTag("workflows.runs", runs.Length);
        try
        {
            var results = await nodes.RunAsync(account, definition, node, runs, ct);
            await store.CommitAsync(account, results, ct);
            WakeWhenDue(account, results);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            span.Fail(e);
            // The database is down; the runs stay due, and repeated actions have no further effect.
            logger.ExecutorBroke(e, account.Name);
            await Task.Delay(s_pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // The account goes to another process, which carries on.
        }
        finally
        {
            foreach (var run in runs)
            {
                busy.TryRemove(run.RunId, out _);
            }

            watch.Wake(account);
        }
    }

    // Runs that were put off come back one after the other, each at its time.
    private void WakeWhenDue(AccountInfo account, IReadOnlyList<StepResult> results)
    {
        foreach (var delay in results.SelectMany(result => new[] { result.Delay, result.Look }).OfType<TimeSpan>().Where(time => time > TimeSpan.Zero).Distinct())
        {
            watch.Wake(account, delay);
        }
    }
}
