using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Chaos.Rig;
using TagSegments.Embedded;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Testing;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// Two replicas of every service on one PostgreSQL, Redis and mail server. Their names lead to the replicas that are ready, and every caller,
/// services among them, balances over these.
/// </summary>
internal sealed class RollRig : IAsyncDisposable
{
    /// <summary>The services, in the order in which they are rolled.</summary>
    public static readonly Target[] Services = [Target.Tags, Target.Segments, Target.Campaigns, Target.Workflows];

    /// <summary>How many replicas a service has.</summary>
    public const int Replicas = 2;

    /// <summary>The sender of messages that name none.</summary>
    public const string Sender = "news@sender.example.com";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Dictionary<Target, int[]> _ports = Services.Zip(FreePorts.Next(3 * Services.Length).Chunk(3)).ToDictionary();
    private readonly Dictionary<Target, int> _started = [];
    private readonly Lock _lock = new();
    private readonly List<Replica> _replicas = [];
    private readonly List<GrpcChannel> _channels = [];
    private readonly ChaosRig _rig;
    private readonly RollMutant _mutant;

    private RollRig(ChaosRig rig, RollMutant mutant) => (_rig, _mutant) = (rig, mutant);

    /// <summary>PostgreSQL, Redis and the mail server.</summary>
    public ChaosRig Base => _rig;

    /// <summary>The names of the services.</summary>
    public ServiceNames Names { get; } = new(Path.GetTempFileName());

    /// <summary>Starts all replicas with the programs of a folder.</summary>
    public static async Task<RollRig> StartAsync(string folder, RollMutant mutant)
    {
        var settings = new Dictionary<string, string> { ["Smtp:Security"] = "none", ["Smtp:From"] = Sender, ["Network:ClearText"] = "services" };
        var rig = new RollRig(await ChaosRig.StartAsync(settings, [Target.Redis, Target.Smtp]), mutant);
        try
        {
            var replicas = Services.SelectMany(service => Enumerable.Range(0, Replicas).Select(slot => rig.Start(service, folder, slot))).ToList();
            foreach (var replica in replicas)
            {
                await WaitUntilReadyAsync(replica);
                rig.Names.Add(replica);
            }

            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>The replicas of a service that run.</summary>
    public IReadOnlyList<Replica> Of(Target service)
    {
        lock (_lock)
        {
            return [.. _replicas.Where(replica => replica.Service == service)];
        }
    }

    /// <summary>Starts another replica at an address that was never used; <paramref name="slot"/> is the number of the volume that it takes over.</summary>
    public Replica Start(Target service, string folder, int slot)
    {
        lock (_lock)
        {
            var number = _started[service] = _started.GetValueOrDefault(service) + 1;
            var launch = new ServiceLaunch(folder, Environment(service, slot)) { Wrapper = SeesNames() };
            var replica = new Replica(service, number, slot, launch, _ports[service]);
            _replicas.Add(replica);
            return replica;
        }
    }

    /// <summary>Waits until a replica is ready.</summary>
    public static async Task WaitUntilReadyAsync(Replica replica)
    {
        using var patience = new CancellationTokenSource(s_patience);
        await replica.WaitUntilReadyAsync(patience.Token);
    }

    /// <summary>Forgets a replica that has ended.</summary>
    public void Remove(Replica replica)
    {
        lock (_lock)
        {
            _replicas.Remove(replica);
        }

        replica.Dispose();
    }

    /// <summary>Opens a channel to a service as services/README.md says it: calls in turns to all its replicas, and again after UNAVAILABLE.</summary>
    public CallInvoker Connect(Target service)
    {
        var policy = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
        if (_mutant is not RollMutant.Killed)
            policy.MethodConfigs.Add(ServiceClients.Retry());

        var channel = GrpcChannel.ForAddress($"ready:///{ServiceNames.Of(service)}", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            HttpHandler = new LostConnections { InnerHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } },
            DisposeHttpClient = true,
            ServiceConfig = policy,
            ServiceProvider = new ServiceCollection().AddSingleton<ResolverFactory>(Names).BuildServiceProvider(),
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        });
        _channels.Add(channel);
        return channel.CreateCallInvoker();
    }

    /// <summary>Shows the last output of the processes, to find out why something was broken.</summary>
    public void ShowRecentOutput() => _replicas.ForEach(replica => Console.Error.WriteLine($"--- {replica.Service} {replica.Address}\n{replica.RecentOutput}"));

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        _replicas.ForEach(replica => replica.Dispose());
        await _rig.DisposeAsync();
        File.Delete(Names.File);
    }

    private Dictionary<string, string> Environment(Target service, int slot)
    {
        var settings = _rig.EnvironmentOf(service);
        settings["Delivery__JournalFolder"] = Path.Combine(_rig.JournalFolder, $"{slot}");
        foreach (var other in Services)
        {
            var port = _ports[other][0].ToString(CultureInfo.InvariantCulture);
            settings[$"Services__{other}"] = _mutant is RollMutant.OneAddress && Of(other) is [.., var youngest]
                ? $"http://{youngest.Address}:{port}"
                : $"dns:///{ServiceNames.Of(other)}:{port}";
        }

        return settings;
    }

    // As a user in a namespace of its own where the caller is not root.
    private string[] SeesNames() =>
    [
        "unshare", "--mount", .. System.Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--map-root-user"],
        "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", Names.File,
    ];
}
