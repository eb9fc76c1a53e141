using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Kills one process after the other at random moments and starts each again.</summary>
internal sealed class KillLoop(ChaosRig rig, Random random, IReadOnlyList<Target> targets)
{
    private readonly Dictionary<Target, int> _kills = [];

    /// <summary>How often each was killed.</summary>
    public IReadOnlyDictionary<string, int> Kills => _kills.ToDictionary(kill => kill.Key.ToString(), kill => kill.Value);

    /// <summary>Runs; <paramref name="whileDown"/> is called while the process is dead.</summary>
    public async Task RunAsync(int kills, Func<Target, Task> whileDown)
    {
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(50, 700));
            var target = targets[random.Next(targets.Count)];
            await rig.KillAsync(target);
            _kills[target] = _kills.GetValueOrDefault(target) + 1;
            await whileDown(target);
            await Task.Delay(random.Next(0, 200));
            await rig.StartAsync(target);
        }
    }
}
