using System.Collections.Concurrent;
using System.Diagnostics;
using TagSegments.Chaos.Rig;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.Chaos.Hostile;

/// <summary>
/// Sends hostile requests to every call of the real services, each a process of its own with the memory of its container. No process may die or
/// grow, no call may outlive its deadline, and no request may meet a defect.
/// </summary>
internal sealed class HostileCalls : IDisposable
{
    private const int Callers = 6;
    private const int RequestsPerWorld = 1_000;
    private const int OneHttpIn = 25;
    private const int EnoughOverruns = 3;

    // One second less than the time after which the services' metrics show a call as slow.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(ServiceMetrics.SlowSeconds - 1);

    // A client that waits longer for its own deadline has lost the call.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly ChaosRig _rig;
    private readonly ChaosOptions _options;
    private readonly SourceMutant? _mutant;
    private readonly Tally _tally = new();
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentBag<Caller> _idle = [];
    private readonly ConcurrentDictionary<int, string> _inFlight = new();
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyCollection<string> _last = [];
    private int _sent;

    private HostileCalls(ChaosRig rig, ChaosOptions options, SourceMutant? mutant)
    {
        (_rig, _options, _mutant) = (rig, options, mutant);
        _stop.Token.Register(() => _last = [.. _inFlight.Values]);
    }

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        var mutant = options.Mutant is { } name ? SourceMutants.Find(name) : null;
        using var built = mutant is null ? null : await SourceMutants.BuildAsync(mutant);
        await using var rig = await ChaosRig.StartAsync(
            new Dictionary<string, string>(HostileHttp.Settings) { ["Smtp:Security"] = "none" },
            [Target.Redis, Target.Smtp, .. ServiceWatch.Services],
            service => new ServiceLaunch(mutant?.Service == service ? built!.Folder : AppContext.BaseDirectory, MemoryLimits.Environment(service)));
        using var calls = new HostileCalls(rig, options, mutant);
        try
        {
            return await calls.RunAsync();
        }
        catch (Exception e)
        {
            // Shown before the services are stopped, which may take its time.
            await Console.Error.WriteLineAsync(e.ToString());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var caller in _idle)
        {
            caller.Dispose();
        }

        _http.Dispose();
        _stop.Dispose();
    }

    private async Task<ChaosReport> RunAsync()
    {
        var started = Stopwatch.StartNew();
        var random = new Random(_options.Seed);
        var refused = _mutant is null ? await WarmUpAsync(random) : "";
        await using var watch = await ServiceWatch.StartAsync(_rig, _http, settle: _mutant is null, _stop);
        for (var first = 0; first < _options.Requests && !_stop.IsCancellationRequested; first += RequestsPerWorld)
        {
            await PlayAsync(await NewWorldAsync(random), first, Math.Min(RequestsPerWorld, _options.Requests - first));
            await Console.Error.WriteLineAsync($"{_sent} of {_options.Requests} requests after {started.Elapsed.TotalSeconds:F0} s; {watch.Now()}");
        }

        var report = new ChaosReport("hostile", _options);
        report.Tell("requests", _sent);
        report.Tell("sound requests that were refused", refused);
        if (_mutant is null)
        {
            report.MustBeZero("calls without a sound request in ValidRequests.json", ValidRequests.Missing.Count, ValidRequests.Missing);
        }

        foreach (var (call, statuses) in _tally.Counts)
        {
            report.Tell(call, statuses);
        }

        report.MustBeZero("late answers", _tally.Late.Count, _tally.Late);
        report.MustBeZero("defects and errors without a reason", _tally.Broken.Count, _tally.Broken);
        await watch.JudgeAsync(report, _mutant, _last);
        report.Tell("seconds", Math.Round(started.Elapsed.TotalSeconds));
        if (report.HasViolations && _mutant is null)
        {
            _rig.ShowRecentOutput();
        }

        return report;
    }

    // Everything is loaded and compiled before memory is compared.
    private async Task<string> WarmUpAsync(Random random)
    {
        var refused = new List<string>();
        var world = await NewWorldAsync(random);
        for (var round = 0; round < 3; round++)
        {
            foreach (var call in ApiCall.All)
            {
                var result = await CallAsync(HostileRequest.Sound(call, ValidRequests.Next(call, world, random)));
                if (round == 0 && result.Failure is { } failure && !call.IsEndless)
                {
                    refused.Add($"{call.Descriptor.Name} {failure.Reason}");
                }
            }
        }

        return string.Join(", ", refused);
    }

    private async Task<World> NewWorldAsync(Random random)
    {
        var world = new World($"world-{random.Next():x}");
        foreach (var (call, request) in WorldRequests.All)
        {
            var result = await CallAsync(HostileRequest.Sound(call, ValidRequests.Make(call, request, world, random)));
            Learn(world, call, result, random);
        }

        return world;
    }

    private async Task PlayAsync(World world, int first, int count)
    {
        var http = new HostileHttp(_http, _rig.HttpAddress(Target.Campaigns), _tally);
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (number, _) =>
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var random = new Random(unchecked((_options.Seed * 1_000_003) + number));
            if (number % OneHttpIn != 0)
            {
                await SendAsync(world, number, random);
            }
            else if (_mutant is null)
            {
                await http.SendAsync(number, random, s_deadline);
                Interlocked.Increment(ref _sent);
            }
        });
    }

    private async Task SendAsync(World world, int number, Random random)
    {
        // A mutant gets only the requests that can meet what it lacks, so whatever is found is found because of the lack.
        if (HostileRequest.Next(world, random, _mutant) is not { } request)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        _inFlight[number] = $"{request.Call.Name}, request {number}, {request.Description}";
        try
        {
            var result = await CallAsync(request).WaitAsync(s_deadline + s_patience);
            _tally.Add(request, number, result.Failure, Stopwatch.GetElapsedTime(started) - s_deadline);
            Learn(world, request.Call, result, random);
        }
        catch (TimeoutException)
        {
            _tally.AddTime(request, number, s_patience);
        }

        _inFlight.TryRemove(number, out _);
        Interlocked.Increment(ref _sent);
        // One finding is enough to catch a mutant, and a few deadlines that came first to look whether the service goes on to work.
        if (_mutant is not null && (_tally.HasFindings || _tally.Overruns >= EnoughOverruns))
        {
            await _stop.CancelAsync();
        }
    }

    private async Task<CallResult> CallAsync(HostileRequest request)
    {
        var caller = _idle.TryTake(out var idle) ? idle : new Caller(_rig);
        try
        {
            return await caller.CallAsync(request, s_deadline);
        }
        finally
        {
            _idle.Add(caller);
        }
    }

    private static void Learn(World world, ApiCall call, CallResult result, Random random)
    {
        if (result is { Failure: null, Answer: { } answer })
        {
            world.Learn(call.Descriptor.OutputType.Parser.ParseFrom(answer), random);
        }
    }
}
