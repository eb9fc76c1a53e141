using System.Globalization;
using TagSegments.Embedded;

namespace TagSegments.Testing.Tls;

/// <summary>A Redis that takes encrypted connections with a password only, with the certificate of an authority of the test.</summary>
public sealed class TlsRedis : IAsyncDisposable
{
    private readonly RedisProcess _process;

    private TlsRedis(RedisProcess process, string connectionString) => (_process, ConnectionString) = (process, connectionString);

    /// <summary>Connects with TLS and the password; <c>Redis:Authority</c> has to name the authority.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the server.</summary>
    public static async Task<TlsRedis> StartAsync(TestAuthority authority)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var port = FreePorts.Next();
        var process = await RedisProcess.StartWithTlsAsync(port, authority, "secret", patience.Token);
        return new(process, $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)},ssl=true,password=secret");
    }

    public async ValueTask DisposeAsync() => await _process.KillAsync();
}
