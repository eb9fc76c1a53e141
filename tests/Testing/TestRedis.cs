using System.Collections.Concurrent;
using System.Globalization;
using TagSegments.Embedded;

namespace TagSegments.Testing;

/// <summary>
/// A database of the Redis of this test process: the one that TEST_REDIS names, for <c>cluster</c> a Redis Cluster of three masters, else an embedded
/// one. Its entries stay, a cluster has one database only, and other test processes may share the server: entries of foreign databases are what the
/// index has to survive anyway.
/// </summary>
internal sealed class TestRedis : IDisposable
{
    private const string Cluster = "cluster";
    private const int Databases = 16;
    private static readonly string? s_given = Environment.GetEnvironmentVariable("TEST_REDIS");
    private static readonly Lazy<string> s_server = new(() => s_given switch
    {
        Cluster => Task.Run(StartClusterAsync).GetAwaiter().GetResult(),
        { Length: > 0 } given => given,
        _ => EmbeddedRedis.Start().ConnectionString,
    });

    // The ones that no other services of the process use at present: accounts have the same numbers everywhere.
    private static readonly ConcurrentQueue<int> s_free = new(Enumerable.Range(0, Databases));
    private static int s_shared;

    private readonly int? _own;

    private TestRedis(int? own, int number)
    {
        _own = own;
        Address = s_given == Cluster ? s_server.Value : $"{s_server.Value},defaultDatabase={number.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Where clients connect.</summary>
    public string Address { get; }

    /// <summary>Takes a database, until it is disposed of. If all are taken, it is shared.</summary>
    public static TestRedis Take() =>
        s_free.TryDequeue(out var number) ? new(number, number) : new(null, Interlocked.Increment(ref s_shared) % Databases);

    public void Dispose()
    {
        if (_own is { } number)
        {
            s_free.Enqueue(number);
        }
    }

    private static async Task<string> StartClusterAsync()
    {
        var cluster = await RedisCluster.StartAsync();
        AtProcessEnd.Stop(() => cluster.DisposeAsync().AsTask());
        return cluster.ConnectionString;
    }
}
