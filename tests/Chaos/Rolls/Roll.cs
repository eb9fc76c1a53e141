using System.Collections.Concurrent;
using System.Diagnostics;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// Replaces the replicas of all services, as a rollout of k8s/base does: the old one leaves the name, serves on for a while, is asked to end, finishes
/// its calls and ends; the new one gets calls when it is ready.
/// </summary>
internal sealed class Roll(RollRig rig, RollMutant mutant) : IDisposable
{
    // terminationGracePeriodSeconds and preStop of the manifests less the time that names need in a cluster. In this time every caller has looked
    // the name up again.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(40), s_preStop = TimeSpan.FromSeconds(17);
    private static readonly TimeSpan s_freeze = TimeSpan.FromSeconds(5), s_found = TimeSpan.FromSeconds(40);

    // A cluster starts replicas on many machines at once; here they would take the processors from each other.
    private readonly SemaphoreSlim _starting = new(1);
    private readonly ConcurrentQueue<TimeSpan> _ends = new();
    private readonly ConcurrentQueue<string> _killed = new();

    /// <summary>The replicas that had to be killed because they did not end in time.</summary>
    public IReadOnlyCollection<string> Killed => _killed;

    /// <summary>The longest time that a replica took to end.</summary>
    public TimeSpan LongestEnd => _ends.DefaultIfEmpty().Max();

    /// <summary>Replaces the youngest replicas of each service, as many as are asked for, by the programs of a folder.</summary>
    public Task ToAsync(string folder, int perService) => Task.WhenAll(RollRig.Services.Select(async service =>
    {
        foreach (var old in rig.Of(service).TakeLast(perService))
        {
            await ReplaceAsync(old, folder);
        }
    }));

    /// <summary>
    /// Adds a replica that only services know, and returns whether one of them calls it although no connection was lost.
    /// </summary>
    public async Task<bool> IsAddedReplicaFoundAsync(string folder)
    {
        var added = rig.Start(Target.Segments, folder, slot: 2);
        await RollRig.WaitUntilReadyAsync(added);
        rig.Names.Add(added, aside: true);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < s_found; await Task.Delay(500))
        {
            if (await added.AnsweredAsync() > 0)
                return true;
        }

        return false;
    }

    public void Dispose() => _starting.Dispose();

    // A stateful set ends a replica before it starts the next one with the same volume; a deployment starts the next one first.
    private async Task ReplaceAsync(Replica old, string folder)
    {
        await Console.Error.WriteLineAsync($"{old.Service} {old.Address} is replaced");
        if (old.Service is Target.Campaigns)
        {
            await LeaveAsync(old);
            await JoinAsync(old, folder);
        }
        else
        {
            var fresh = await JoinAsync(old, folder);
            await LeaveAsync(old);
            // Callers look for others when a connection is lost: now they use the new one.
            await (mutant is RollMutant.Freezes ? fresh.FreezeAsync(s_freeze) : Task.CompletedTask);
        }
    }

    private async Task<Replica> JoinAsync(Replica old, string folder)
    {
        await _starting.WaitAsync();
        try
        {
            var fresh = rig.Start(old.Service, folder, old.Slot);
            if (mutant is not RollMutant.NoReadiness)
                await RollRig.WaitUntilReadyAsync(fresh);

            rig.Names.Add(fresh);
            return fresh;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task LeaveAsync(Replica old)
    {
        if (mutant is RollMutant.Killed)
        {
            await old.KillAsync();
            rig.Names.Remove(old);
        }
        else
        {
            rig.Names.Remove(old);
            await EndAsync(old);
        }

        rig.Remove(old);
    }

    private async Task EndAsync(Replica old)
    {
        await (mutant is RollMutant.NoReadiness ? Task.CompletedTask : Task.Delay(s_preStop));
        if (await old.TerminateAsync(s_grace) is { } took)
            _ends.Enqueue(took);
        else
            _killed.Enqueue($"{old.Service} {old.Address}: {old.RecentOutput}");
    }
}
