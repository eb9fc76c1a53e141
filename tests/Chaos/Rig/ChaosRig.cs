using System.Collections.Concurrent;
using System.Globalization;
using TagSegments.Campaigns;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;
using TagSegments.Embedded.Smtp;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Testing;
using TagSegments.Workflows;

namespace TagSegments.Chaos.Rig;

/// <summary>The product as in production, every part a process of its own, each of which can be killed and started again.</summary>
internal sealed partial class ChaosRig : IAsyncDisposable
{
    // A machine that is busy with other things takes long to start a service.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly int s_targets = Enum.GetValues<Target>().Length;
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_chaos_").FullName;
    private readonly Dictionary<Target, ServiceProcess> _services = [];
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Func<Target, ServiceLaunch> _launch;
    // One for each target, and one more for its HTTP endpoints.
    private readonly int[] _ports = FreePorts.Next(3 * s_targets);
    private readonly Lock _mailLock = new();
    private readonly Dictionary<(string Sender, string Recipient), int> _mail = [];
    private readonly ConcurrentDictionary<Target, int> _kills = new();
    private EmbeddedPostgres? _postgres;
    private RedisProcess? _redis;
    private SmtpSink? _smtp;

    private ChaosRig(IReadOnlyDictionary<string, string> settings, Func<Target, ServiceLaunch> launch) => (_settings, _launch) = (settings, launch);

    /// <summary>Decides at each step of a mail conversation what the mail server does; survives its restarts.</summary>
    public Func<SmtpStep, SmtpReaction>? MailScript { get; set; }

    /// <summary>Raised for each message that the mail server has kept, before it is acknowledged.</summary>
    public event Action<SmtpMessage>? MailKept;

    /// <summary>Connects as the owner of every schema.</summary>
    public string OwnerConnectionString => _postgres!.ConnectionString() + ";Pooling=false;Timeout=60;Command Timeout=600";

    /// <summary>The address of Redis.</summary>
    public string RedisAddress => $"127.0.0.1:{Number(Port(Target.Redis))}";

    /// <summary>Where campaign services note messages that are on their way.</summary>
    public string JournalFolder => Path.Combine(_folder, "journals");

    public ServiceProcess this[Target service] => _services[service];

    /// <summary>
    /// Starts everything; <paramref name="settings"/> are for every service, as <c>Section:Name</c>. <paramref name="launch"/> says how a service
    /// is started; by default its program of this build, without limits.
    /// </summary>
    public static async Task<ChaosRig> StartAsync(
        IReadOnlyDictionary<string, string> settings, IEnumerable<Target> targets, Func<Target, ServiceLaunch>? launch = null)
    {
        var rig = new ChaosRig(settings, launch ?? (_ => ServiceLaunch.OfThisBuild));
        try
        {
            await rig.StartAsync(Target.Postgres);
            foreach (var app in new[] { typeof(TagsApp), typeof(SegmentsApp), typeof(CampaignsApp), typeof(WorkflowsApp) })
            {
                await Migrator.MigrateAsync(rig.OwnerConnectionString, app.Assembly, null, null, CancellationToken.None);
            }

            foreach (var target in targets.Where(target => target != Target.Postgres))
            {
                await rig.StartAsync(target);
            }

            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address at which a service answers calls.</summary>
    public string GrpcAddress(Target service) => $"http://127.0.0.1:{Number(Port(service))}";

    /// <summary>The address of a service's HTTP endpoints.</summary>
    public string HttpAddress(Target service) => $"http://127.0.0.1:{Number(_ports[s_targets + (int)service])}";

    /// <summary>The address of a service's metrics.</summary>
    public string ManagementAddress(Target service) => $"http://127.0.0.1:{Number(_ports[(2 * s_targets) + (int)service])}";

    /// <summary>How many messages of each sender to each recipient the mail server has kept, over all its lives.</summary>
    public IReadOnlyDictionary<(string Sender, string Recipient), int> Mail()
    {
        lock (_mailLock)
        {
            return new Dictionary<(string, string), int>(_mail);
        }
    }

    /// <summary>How often something was killed.</summary>
    public int Kills(Target target) => _kills.GetValueOrDefault(target);

    /// <summary>Kills without warning.</summary>
    public async Task KillAsync(Target target)
    {
        _kills.AddOrUpdate(target, 1, (_, kills) => kills + 1);
        switch (target)
        {
            case Target.Postgres:
                await _postgres!.KillAsync();
                break;
            case Target.Redis:
                await _redis!.KillAsync();
                break;
            case Target.Smtp:
                await _smtp!.DisposeAsync();
                break;
            default:
                await _services[target].KillAsync();
                break;
        }
    }

    /// <summary>Starts, for the first time or again at the same address, and waits until it answers.</summary>
    public async Task StartAsync(Target target)
    {
        using var patience = new CancellationTokenSource(s_patience);
        switch (target)
        {
            case Target.Postgres:
                _postgres = await EmbeddedPostgres.StartAsync(PostgresOptions(), patience.Token);
                break;
            case Target.Redis:
                _redis = await RedisProcess.StartAsync(Port(Target.Redis), patience.Token);
                break;
            case Target.Smtp:
                _smtp = SmtpSink.Start(new SmtpSinkOptions { Port = Port(Target.Smtp), Script = step => MailScript?.Invoke(step) ?? SmtpReaction.Accept });
                _smtp.Received += Count;
                _smtp.Received += message => MailKept?.Invoke(message);
                break;
            default:
                await StartServiceAsync(target, patience.Token);
                break;
        }
    }

    /// <summary>Shows the last output of the processes, to find out why something was broken.</summary>
    public void ShowRecentOutput()
    {
        foreach (var (target, service) in _services)
        {
            Console.Error.WriteLine($"--- {target}\n{service.RecentOutput}");
        }

        Console.Error.WriteLine($"--- Postgres\n{_postgres!.RecentOutput}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }

        if (_smtp is not null)
        {
            await _smtp.DisposeAsync();
        }

        await (_redis?.KillAsync() ?? Task.CompletedTask);
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServiceAsync(Target target, CancellationToken ct)
    {
        if (!_services.TryGetValue(target, out var service))
        {
            _services[target] = service = new ServiceProcess(ServiceOf(target), Port(target), _launch(target).Over(EnvironmentOf(target)));
        }

        service.Start();
        await service.WaitUntilServingAsync(ct);
    }

    // Commits are synchronous: acknowledged writes must survive the server's death. The death of the machine is not tested, so no fsync.
    private EmbeddedPostgresOptions PostgresOptions() => new()
    {
        DataDirectory = Path.Combine(_folder, "postgres"),
        Port = Port(Target.Postgres),
        Settings = new Dictionary<string, string> { ["fsync"] = "off", ["track_commit_timestamp"] = "on" },
    };

    /// <summary>The variables with which a service is started.</summary>
    public Dictionary<string, string> EnvironmentOf(Target target)
    {
        var role = $"tagsegments_{ServiceOf(target).ToLowerInvariant()}";
        var database = $"Host=127.0.0.1;Port={Number(Port(Target.Postgres))};Database=postgres;Timeout=5";
        var settings = new Dictionary<string, string>
        {
            ["Grpc:Address"] = GrpcAddress(target),
            ["Http:Address"] = HttpAddress(target),
            ["Management:Address"] = ManagementAddress(target),
            ["Postgres:ConnectionString"] = $"{database};Username={role}",
            ["Postgres:WorkConnectionString"] = $"{database};Username={role}_work",
            ["Redis:ConnectionString"] = RedisAddress,
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = Number(Port(Target.Smtp)),
            ["Senders:Trust"] = "loopback",
            // Nobody answers there: tests ask no name server but their own.
            ["Senders:NameServers:0"] = "127.0.0.1:9",
            ["Delivery:JournalFolder"] = JournalFolder,
            ["Tokens:Key"] = "a key that all services share",
            ["Auth:Mode"] = "off",
            ["Logging:Level"] = "Warning",
        };
        foreach (var other in new[] { Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows })
        {
            settings[$"Services:{other}"] = GrpcAddress(other);
        }

        return settings.Concat(_settings).ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
    }

    private void Count(SmtpMessage message)
    {
        lock (_mailLock)
        {
            foreach (var recipient in message.Recipients)
            {
                _mail[(message.Sender, recipient)] = _mail.GetValueOrDefault((message.Sender, recipient)) + 1;
            }
        }
    }

    private int Port(Target target) => _ports[(int)target];

    private static string ServiceOf(Target target) => target is Target.WorkflowsTwin ? nameof(Target.Workflows) : target.ToString();

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);
}
