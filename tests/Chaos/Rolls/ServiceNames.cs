using System.Net;
using System.Text;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// The names of services and the addresses of their ready replicas, as the DNS of a cluster has them for headless services. Services read them from
/// a file of hosts that only they see; the callers of the scenario ask directly.
/// </summary>
internal sealed class ServiceNames(string file) : ResolverFactory
{
    // The file is written at once and keeps its length: nobody reads a half.
    private const int Length = 2_048;
    private readonly Lock _lock = new();
    private readonly List<(string Name, IPAddress Address, int Port)> _entries = [];

    /// <inheritdoc/>
    public override string Name => "ready";

    /// <summary>The file of hosts.</summary>
    public string File => file;

    /// <summary>The name of a service.</summary>
    public static string Of(Target service) => service.ToString().ToLowerInvariant();

    /// <summary>Makes a replica ready; with <paramref name="aside"/> only in the eyes of the other services.</summary>
    public void Add(Replica replica, bool aside = false)
    {
        lock (_lock)
        {
            _entries.Add((aside ? "" : Of(replica.Service), replica.Address, replica.Port));
            Write(aside ? [(Of(replica.Service), replica.Address)] : []);
        }
    }

    /// <summary>Takes a replica out.</summary>
    public void Remove(Replica replica)
    {
        lock (_lock)
        {
            _entries.RemoveAll(entry => entry.Address.Equals(replica.Address));
            Write([]);
        }
    }

    /// <inheritdoc/>
    public override Resolver Create(ResolverOptions options) => new Lookup(this, options.Address.AbsolutePath.TrimStart('/'));

    private void Write(IEnumerable<(string Name, IPAddress Address)> more)
    {
        var lines = _entries.Where(entry => entry.Name != "").Select(entry => (entry.Name, entry.Address)).Concat(more);
        var text = "127.0.0.1 localhost\n" + string.Concat(lines.Select(line => $"{line.Address} {line.Name}\n"));
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(Length, '\n')));
    }

    // As the resolver of DNS, it looks again when a connection is lost.
    private sealed class Lookup(ServiceNames names, string name) : PollingResolver(NullLoggerFactory.Instance)
    {
        protected override Task ResolveAsync(CancellationToken cancellationToken)
        {
            lock (names._lock)
            {
                var ready = names._entries.Where(entry => entry.Name == name).Select(entry => new BalancerAddress(entry.Address.ToString(), entry.Port));
                Listener(ResolverResult.ForResult([.. ready]));
            }

            return Task.CompletedTask;
        }
    }
}
