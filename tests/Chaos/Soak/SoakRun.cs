using System.Diagnostics;
using TagSegments.Chaos.Hostile;
using TagSegments.Chaos.Rig;
using TagSegments.Chaos.Scenarios;
using TagSegments.Testing;
using TagSegments.Testing.Erasures;

namespace TagSegments.Chaos.Soak;

/// <summary>
/// Everything at once for a long time: counts, tags, imports, bulk operations, campaigns, workflows and erasures, while every process is killed
/// or paused at random moments and Redis loses its data, has no room or comes back with old data. In the end, the judges of all four services
/// find no promise broken.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int CountedAccounts = 3;
    private const int BulkContacts = 60_000;
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_beat = TimeSpan.FromMinutes(1);
    private static readonly Target[] s_targets =
        [Target.Redis, Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows, Target.WorkflowsTwin];

    private static readonly Dictionary<string, string> s_settings = new(CampaignKills.Settings)
    {
        ["Smtp:Security"] = "none",
        ["Accounts:EraseAfter"] = "00:00:00",
        ["Accounts:Settle"] = "00:00:03",
        ["Accounts:RowsAtOnce"] = "50",
    };

    // Six processes whose idle threads spin would leave a small machine no time to start a killed one.
    private static readonly ServiceLaunch s_launch = ServiceLaunch.OfThisBuild with
    {
        Environment = new Dictionary<string, string> { ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0", ["DOTNET_gcServer"] = "0" },
    };

    private readonly ChaosRig _rig;
    private readonly ChaosOptions _options;
    private readonly IReadOnlyList<CountLoad> _counts;
    private readonly BulkLoad _bulk;
    private readonly CampaignLoad _campaigns;
    private readonly WorkflowLoad _workflows;
    private readonly ErasureLoad _erasures;
    private readonly FaultLoop _faults;
    private readonly Stopwatch _duration = new();
    private readonly List<string> _brokenOff = [];

    private SoakRun(ChaosRig rig, ChaosOptions options)
    {
        (_rig, _options) = (rig, options);
        _counts = [.. Enumerable.Range(1, CountedAccounts).Select(number => new CountLoad(rig, number, options.Seed + number, s_rest))];
        _bulk = new BulkLoad(rig, options.Seed, BulkContacts, TimeSpan.FromSeconds(4));
        _campaigns = new CampaignLoad(rig, Patience, TimeSpan.FromSeconds(6));
        _workflows = new WorkflowLoad(rig, options.Seed, TimeSpan.FromSeconds(2));
        _erasures = new ErasureLoad(rig, options.Seed, TimeSpan.FromSeconds(6));
        _faults = new FaultLoop(rig, new Random(options.Seed), new RedisHarm(rig, () => _counts.Select(load => load.AccountId)));
    }

    // How long something may stand still. What a mutant loses never comes.
    private TimeSpan Patience => TimeSpan.FromSeconds(_options.Mutant is null ? 300 : 20);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(s_settings, s_targets, _ => s_launch);
        using var soak = new SoakRun(rig, options);
        return await soak.RunAsync();
    }

    public void Dispose() => _campaigns.Dispose();

    private async Task<ChaosReport> RunAsync()
    {
        var campaigns = new CampaignJudge(_rig);
        await _bulk.ArrangeAsync();
        await _campaigns.ArrangeAsync();
        await _workflows.ArrangeAsync();
        await _erasures.ArrangeAsync();
        await Task.WhenAll(_counts.Select(load => load.ArrangeAsync()));
        var before = await AccountRows.SettledAsync(_rig.OwnerConnectionString, _erasures.KeptId);
        await campaigns.InstallAsync();
        await SoakMutants.All.MakeAsync(_rig.OwnerConnectionString, _options.Mutant);

        await WorkAsync();

        var report = new ChaosReport("soak", _options);
        var (workflows, erasures) = (new WorkflowJudge(_rig.OwnerConnectionString), new ErasureJudge(_rig));
        await workflows.WaitAsync(Patience);
        await erasures.WaitAsync(Patience);
        report.Tell("minutes", Math.Round(_duration.Elapsed.TotalMinutes, 1));
        report.Tell("faults", _faults.Happened.Values.Sum());
        report.Tell("of them", _faults.Happened);
        report.MustBeZero("services ended by themselves", _faults.Ends.Count, _faults.Ends);
        report.MustBeZero("loads broken off", _brokenOff.Count, _brokenOff);
        await CountJudge.JudgeAsync(report, _rig.OwnerConnectionString, _counts);
        report.Part = "bulk: ";
        await new BulkJudge(_rig.OwnerConnectionString, _bulk).JudgeAsync(report);
        report.Part = "campaigns: ";
        await campaigns.JudgeAsync(report, _campaigns);
        report.Part = "workflows: ";
        await workflows.JudgeAsync(report, _workflows.Acknowledged);
        report.Part = "erasures: ";
        await erasures.JudgeAsync(report, _erasures, before);
        report.Part = "";
        report.Tell("resident MB", Resident());
        if (report.HasViolations && _options.Mutant is null)
        {
            _rig.ShowRecentOutput();
        }

        return report;
    }

    private async Task WorkAsync()
    {
        using var stop = new CancellationTokenSource();
        using var stopFaults = new CancellationTokenSource(TimeSpan.FromMinutes(_options.Minutes));
        Task[] loads =
        [
            .. _counts.Select(load => Task.Run(() => load.RunAsync(stop.Token))),
            _bulk.RunAsync(stop.Token),
            _campaigns.RunAsync(stop.Token),
            _workflows.RunAsync(stop.Token),
            _erasures.RunAsync(stop.Token),
        ];
        _duration.Start();
        using var beat = new Timer(_ => Tell(), null, s_beat, s_beat);
        var faults = _faults.RunAsync(stopFaults.Token);
        await Task.WhenAny([faults, .. loads]);
        await stopFaults.CancelAsync();
        await faults;
        await stop.CancelAsync();
        foreach (var load in loads)
        {
            await EndAsync(load);
        }

        _duration.Stop();
    }

    // A load that ends by itself has met a refusal that no repetition can change; what the others found is still told.
    private async Task EndAsync(Task load)
    {
        try
        {
            await load;
        }
        catch (Exception e)
        {
            _brokenOff.Add(e.ToString());
        }
    }

    private void Tell() => Console.Error.WriteLine(
        $"{_duration.Elapsed.TotalMinutes:F0} min: {_faults.Happened.Values.Sum()} faults, {_counts.Sum(load => load.Counts)} counts, " +
        $"{_counts.Sum(load => load.Wrong.Count)} wrong, {_bulk.Plans.Count} bulk operations, {_campaigns.Sent} campaigns, " +
        $"{_workflows.Acknowledged.Values.Sum()} taggings, {_erasures.ErasedPeople} people and {_erasures.DeletedAccounts.Count} accounts erased, " +
        $"resident MB: {string.Join(", ", Resident().Select(use => $"{use.Key} {use.Value}"))}");

    private Dictionary<string, int> Resident()
    {
        var resident = new Dictionary<string, int>();
        foreach (var service in s_targets.Where(target => target is not (Target.Redis or Target.Smtp) && !_rig[target].HasEnded))
        {
            resident[service.ToString()] = (int)(new ProcessUse(_rig[service].Id).Resident >> 20);
        }

        return resident;
    }
}
