using System.Collections.Concurrent;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Soak;

/// <summary>Lets one fault after another happen, at random moments; after each, everything is there again.</summary>
internal sealed class FaultLoop
{
    private const int Attempts = 3;
    private static readonly Target[] s_services = [Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows, Target.WorkflowsTwin];

    private readonly ChaosRig _rig;
    private readonly Random _random;
    private readonly IReadOnlyList<(string Name, Func<Task> Act)> _faults;
    private readonly ConcurrentDictionary<string, int> _happened = new();
    private readonly ConcurrentBag<string> _ends = [];

    public FaultLoop(ChaosRig rig, Random random, RedisHarm redis)
    {
        (_rig, _random) = (rig, random);
        _faults =
        [
            .. s_services.Select(service => ($"{service} killed", (Func<Task>)(() => KillAsync(service)))),
            .. s_services.Select(service => ($"{service} paused", (Func<Task>)(() => rig.PauseAsync(service, Some())))),
            ("all services killed", () => KillAsync(s_services)),
            ("everything killed", () => KillAsync([Target.Postgres, Target.Redis, Target.Smtp, .. s_services])),
            ("PostgreSQL killed", () => KillAsync(Target.Postgres)),
            ("PostgreSQL restarted", RestartPostgresAsync),
            ("Redis killed", () => KillAsync(Target.Redis)),
            ("Redis paused", () => rig.PauseAsync(Target.Redis, Some())),
            ("Redis flushed", redis.FlushAsync),
            ("Redis full", () => redis.FillAsync(evicts: false, Some())),
            ("Redis evicting", () => redis.FillAsync(evicts: true, Some())),
            ("old data in Redis", redis.RestoreAsync),
            ("mail server stopped", () => KillAsync(Target.Smtp)),
        ];
    }

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<string, int> Happened => _happened;

    /// <summary>Services that ended by themselves or did not start.</summary>
    public IReadOnlyCollection<string> Ends => _ends;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + (5 * _random.NextDouble())), CancellationToken.None);
            var (name, act) = _faults[_random.Next(_faults.Count)];
            await act();
            _happened.AddOrUpdate(name, 1, (_, times) => times + 1);
            foreach (var service in s_services.Where(service => _rig[service].HasEnded))
            {
                _ends.Add($"{service} ended by itself after: {name}");
                await StartAsync(service);
            }
        }
    }

    // What the services need comes back first.
    private async Task KillAsync(params Target[] targets)
    {
        await Task.WhenAll(targets.Select(_rig.KillAsync));
        await Task.Delay(Some());
        foreach (var target in targets.Except(s_services))
        {
            await StartAsync(target);
        }

        await Task.WhenAll(targets.Intersect(s_services).Select(StartAsync));
    }

    private async Task StartAsync(Target target)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _rig.StartAsync(target);
                return;
            }
            catch (Exception e) when (attempt < Attempts)
            {
                _ends.Add($"{target} did not start: {e.Message}");
                await _rig.KillAsync(target);
            }
        }
    }

    private async Task RestartPostgresAsync()
    {
        await _rig.StopPostgresAsync();
        await StartAsync(Target.Postgres);
    }

    private TimeSpan Some() => TimeSpan.FromSeconds(3 * _random.NextDouble());
}
