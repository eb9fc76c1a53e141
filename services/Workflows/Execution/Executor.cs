using System.Collections.Concurrent;
using Crm.Workflows.V1;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Execution;

/// <summary>
/// Carries out the runs of an account as they become due. Runs at the same node go together: one query, one evaluation of its conditions and
/// one commit for many of them. A group that is slow holds up nobody else.
/// </summary>
internal sealed class Executor(
    ExecutionStore store, Enroller enroller, NodeRunner nodes, Wakeups wakeups, TimeProvider time, ILogger<Executor> logger)
{
    private const int MostPutOff = 1_000;
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(2);

    public async Task RunAsync(AccountInfo account, Lane lane, CancellationToken ct)
    {
        var busy = new ConcurrentDictionary<Guid, byte>();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await RunDueAsync(account, lane, busy, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // The database is away; what is due stays due.
                logger.ExecutorBroke(e, account.Name);
                await Task.Delay(s_longestSleep, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    private async Task RunDueAsync(AccountInfo account, Lane lane, ConcurrentDictionary<Guid, byte> busy, CancellationToken ct)
    {
        var wakeup = wakeups.Next(account.Id);
        var room = MaxBusy(lane) - busy.Count;
        var due = room > 0 ? await store.DueAsync(account.Id, lane, [.. busy.Keys], room, ct) : [];
        foreach (var group in due.GroupBy(run => (run.WorkflowId, run.Version, run.NodeId)))
        {
            var definition = await store.DefinitionAsync(account.Id, group.Key.WorkflowId, group.Key.Version, ct);
            // Runs are moved to versions that have their nodes only.
            var node = definition.Nodes.Single(node => node.Id == group.Key.NodeId);
            foreach (var runs in group.Chunk(NodeRunner.GroupSize(node)))
            {
                _ = RunGroupAsync(account, definition, node, runs, busy, ct);
            }
        }

        var putOff = lane is Lane.Bulk && due.Count < room ? await enroller.WorkOffAsync(account.Id, MostPutOff, ct) : 0;
        if (putOff == 0 && (due.Count < room || room == 0))
        {
            await SleepAsync(account, lane, wakeup, ct);
        }
    }

    // Calls of bulk operations queue in other services before those of single events, so there must not be many.
    private static int MaxBusy(Lane lane) => lane is Lane.Bulk ? 1_000 : 2_000;

    private async Task RunGroupAsync(
        AccountInfo account, Definition definition, Node node, ActiveRun[] runs, ConcurrentDictionary<Guid, byte> busy, CancellationToken ct)
    {
        foreach (var run in runs)
        {
            busy[run.RunId] = 0;
        }

        try
        {
            await store.CommitAsync(account.Id, await nodes.RunAsync(account, definition, node, runs, ct), ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // The database is away; the runs stay due, and their actions know a repetition.
            logger.ExecutorBroke(e, account.Name);
            await Task.Delay(s_longestSleep, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

            wakeups.Wake(account.Id);
        }
    }

    private async Task SleepAsync(AccountInfo account, Lane lane, Task wakeup, CancellationToken ct)
    {
        var next = await store.NextDueAsync(account.Id, lane, ct) ?? s_longestSleep;
        var pause = TimeSpan.FromTicks(Math.Clamp(next.Ticks, 0, s_longestSleep.Ticks));
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(wakeup, Task.Delay(pause, time, awake.Token));
        await awake.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
