using System.Diagnostics;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Kills one process after another and starts each again: at random moments, and every second time at a named one if there are any.
/// </summary>
internal sealed class KillLoop(ChaosRig rig, Random random, IReadOnlyList<Target> targets, KillMoments? moments = null)
{
    private readonly Dictionary<Target, int> _kills = [];
    private readonly Dictionary<string, int> _moments = [];

    /// <summary>How often each was killed.</summary>
    public IReadOnlyDictionary<string, int> Kills => _kills.ToDictionary(kill => kill.Key.ToString(), kill => kill.Value);

    /// <summary>The number of kills at each named moment; 0 for one that did not come.</summary>
    public IReadOnlyDictionary<string, int> Moments => _moments;

    /// <summary>Runs; <paramref name="whileDown"/> is called while the process is dead.</summary>
    public async Task RunAsync(int kills, Func<Target, Task> whileDown)
    {
        var started = Stopwatch.StartNew();
        for (var kill = 0; kill < kills; kill++)
        {
            var target = moments is not null && kill % 2 == 1
                ? await KillAtMomentAsync(moments, moments.All[kill / 2 % moments.All.Count])
                : await KillAtRandomAsync();
            _kills[target] = _kills.GetValueOrDefault(target) + 1;
            await whileDown(target);
            await Task.Delay(random.Next(0, 200));
            await rig.StartAsync(target);
            if ((kill + 1) % 10 == 0)
            {
                await Console.Error.WriteLineAsync($"{kill + 1} of {kills} kills after {started.Elapsed.TotalSeconds:F0} s");
            }
        }
    }

    private async Task<Target> KillAtRandomAsync()
    {
        await Task.Delay(random.Next(50, 700));
        var target = targets[random.Next(targets.Count)];
        await rig.KillAsync(target);
        return target;
    }

    private async Task<Target> KillAtMomentAsync(KillMoments moments, (string Name, Target Target) moment)
    {
        var name = $"{moment.Name}: {moment.Target}";
        var came = await moments.KillAtAsync(moment.Name, moment.Target);
        _moments[name] = _moments.GetValueOrDefault(name) + (came ? 1 : 0);
        return came ? moment.Target : await KillAtRandomAsync();
    }
}

/// <summary>Named moments with the process to kill at each; <paramref name="KillAtAsync"/> waits for one, kills, and says whether it came.</summary>
internal sealed record KillMoments(IReadOnlyList<(string Name, Target Target)> All, Func<string, Target, Task<bool>> KillAtAsync);
