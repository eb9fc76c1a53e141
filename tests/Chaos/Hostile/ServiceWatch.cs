using TagSegments.Chaos.Rig;
using TagSegments.Testing.EveryCall;

namespace TagSegments.Chaos.Hostile;

/// <summary>Watches the processes of the services: whether they live, what memory they take, and what they still work at.</summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private const long MostGrowth = 256L << 20;
    private const int MostOutput = 2_000;
    // Of one processor.
    private const double MostBusy = 0.5;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(3);

    // Streams end with their callers, and services hold some of one another.
    private static readonly HashSet<string> s_unary = [.. ApiCall.All.Where(call => !call.Descriptor.IsServerStreaming).Select(call => call.Name)];
    private readonly ChaosRig _rig;
    private readonly HttpClient _http;
    private readonly Dictionary<Target, ProcessUse> _use;
    private readonly Dictionary<Target, long> _base = [];
    private readonly Dictionary<Target, IReadOnlyDictionary<string, long>> _slow = [];
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;

    private ServiceWatch(ChaosRig rig, HttpClient http)
    {
        (_rig, _http) = (rig, http);
        _use = Services.ToDictionary(service => service, service => new ProcessUse(rig[service].Id));
    }

    /// <summary>The services that are watched.</summary>
    public static Target[] Services { get; } = [Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows];

    /// <summary>Takes the present memory, once garbage is collected if <paramref name="settle"/>, as the base of all growth. A process that dies or takes more memory than it may cancels <paramref name="stop"/>.</summary>
    public static async Task<ServiceWatch> StartAsync(ChaosRig rig, HttpClient http, bool settle, CancellationTokenSource stop)
    {
        var watch = new ServiceWatch(rig, http);
        if (settle)
        {
            await Task.WhenAll(watch._use.Values.Select(use => use.SettleAsync(long.MaxValue)));
        }

        foreach (var service in Services)
        {
            watch._base[service] = watch._use[service].Resident;
            watch._slow[service] = await ServiceMetrics.SlowCallsAsync(http, rig.ManagementAddress(service));
        }

        watch._watching = watch.StopAtEndAsync(stop);
        return watch;
    }

    /// <summary>The resident memory now, as a line.</summary>
    public string Now() => string.Join(", ", Services.Select(service => $"{service} {Megabytes(_use[service].Resident)} MB"));

    /// <summary>
    /// Compares with the base; <paramref name="last"/> are the requests that were under way when a process died or took more memory than it may. Of a
    /// mutant, only the service that misses something is looked at, and only for that.
    /// </summary>
    public async Task JudgeAsync(ChaosReport report, SourceMutant? mutant, IReadOnlyCollection<string> last)
    {
        report.Tell("memory limit", "that of k8s/, by DOTNET_GCTotalPhysicalMemory");
        var services = mutant is null ? Services : [mutant.Service];
        var dead = services.Where(service => _rig[service].Exited.IsCompleted).ToList();
        report.MustBeZero("dead processes", dead.Count,
            dead.Select(service => $"{service}: {Beginning(_rig[service].RecentOutput)}").Concat(last.Select(request => $"under way: {request}")));
        var living = services.Except(dead).ToList();
        if (dead.Count + JudgePeaks(report, living, last) > 0 || (mutant is not null && report.HasViolations))
        {
            // What follows takes its time, and is about services that work on.
            return;
        }

        await JudgeWorkAsync(report, living);
        if (mutant is not null)
        {
            return;
        }

        await JudgeMemoryAsync(report, living);
        await JudgeTimeAsync(report, living);
    }

    // Nobody calls any more, so a busy process works at a call whose deadline is over.
    private async Task JudgeWorkAsync(ChaosReport report, List<Target> living)
    {
        await Task.Delay(s_grace);
        var before = living.ToDictionary(service => service, service => _use[service].Processor);
        await Task.Delay(s_sample);
        var shares = living.ToDictionary(service => service, service => (_use[service].Processor - before[service]) / s_sample);
        report.Tell("share of a processor after the end", string.Join(", ", shares.Select(share => $"{share.Key} {share.Value:P0}")));
        var busy = shares.Where(share => share.Value > MostBusy).Select(share => $"{share.Key}: {share.Value:P0} of a processor").ToList();
        report.MustBeZero("processes that still work after the end", busy.Count, busy);
    }

    private async Task JudgeMemoryAsync(ChaosReport report, List<Target> living)
    {
        var grown = new List<string>();
        await Task.WhenAll(living.Select(service => _use[service].SettleAsync(_base[service] + MostGrowth)));
        foreach (var service in living)
        {
            var (settled, peak, limit) = (_use[service].Resident, _use[service].Peak, MemoryLimits.Of(service));
            var (inUse, held) = await ServiceMetrics.HeapAsync(_http, _rig.ManagementAddress(service));
            report.Tell(
                $"memory of {service}",
                $"{Megabytes(_base[service])} MB at first, {Megabytes(settled)} MB at last, {Megabytes(held)} of them for the heap with {Megabytes(inUse)} in use, {Megabytes(peak)} MB at most, of {Megabytes(limit)} MB");
            if (settled - _base[service] > MostGrowth)
            {
                grown.Add($"{service}: {Megabytes(settled - _base[service])} MB");
            }
        }

        report.MustBeZero("processes that grew", grown.Count, grown);
    }

    private int JudgePeaks(ChaosReport report, List<Target> living, IReadOnlyCollection<string> last)
    {
        var beyond = living.Where(IsBeyondLimit).ToList();
        report.MustBeZero("processes beyond their limit", beyond.Count,
            beyond.Select(service => $"{service}: {Megabytes(_use[service].Peak)} MB of {Megabytes(MemoryLimits.Of(service))} MB").Concat(last.Select(request => $"under way: {request}")));
        return beyond.Count;
    }

    private bool IsBeyondLimit(Target service) => _use[service].Peak > MemoryLimits.Of(service);

    private async Task JudgeTimeAsync(ChaosReport report, List<Target> living)
    {
        var slow = new List<string>();
        foreach (var service in living)
        {
            slow.AddRange(from call in await ServiceMetrics.SlowCallsAsync(_http, _rig.ManagementAddress(service))
                          let count = call.Value - _slow[service].GetValueOrDefault(call.Key)
                          where count > 0 && s_unary.Contains(call.Key)
                          select $"{call.Key}: {count} times");
        }

        report.MustBeZero("calls that the server worked at a second after their deadline", slow.Count, slow);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    // In a container, a process that takes more memory than it may is killed.
    private async Task StopAtEndAsync(CancellationTokenSource stop)
    {
        while (!_end.IsCancellationRequested)
        {
            if (Services.Any(service => _rig[service].Exited.IsCompleted || IsBeyondLimit(service)))
            {
                await stop.CancelAsync();
                return;
            }

            await Task.Delay(s_look, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The first lines of a stack that overflowed name the place.
    private static string Beginning(string output) => output.Length <= MostOutput ? output : output[..MostOutput];

    private static long Megabytes(long bytes) => bytes >> 20;
}
