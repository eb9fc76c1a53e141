using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TagSegments.EndToEnd.Tests.Wall;

/// <summary>
/// Stands between services and PostgreSQL and makes every statement of the roles that act for an account wrong: its conditions on the account are
/// replaced by true. Work across accounts has none, so the statements of its roles stay as they are.
/// </summary>
internal sealed partial class StatementProxy : IAsyncDisposable
{
    private const int SslRequest = 80877103;
    private const int EncryptionRequest = 80877104;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly (string Host, int Port) _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _changed = new();
    private readonly Task _accepting;

    public StatementProxy(string host, int port)
    {
        _server = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where services connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The statements that were changed, as the services sent them.</summary>
    public ICollection<string> Changed => _changed.Keys;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>Removes the conditions on the account; the parameter stays, because its value is sent all the same.</summary>
    public static string WithoutAccount(string statement) =>
        ColumnCondition().Replace(ParameterCondition().Replace(statement, "(${parameter} IS NULL OR true)"), "true");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            using (client)
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                var (from, to) = (client.GetStream(), server.GetStream());
                var answers = to.CopyToAsync(from, _stop.Token);
                await Task.WhenAny(answers, ForwardAsync(from, to));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or EndOfStreamException)
        {
        }
    }

    private async Task ForwardAsync(NetworkStream client, NetworkStream server)
    {
        var start = await ReadStartAsync(client);
        await server.WriteAsync(start, _stop.Token);
        var isOfAccount = Encoding.UTF8.GetString(start).Split('\0') is var words && words.Any(word => word.StartsWith("tagsegments_", StringComparison.Ordinal)
            && !word.EndsWith("_work", StringComparison.Ordinal) && words[Array.IndexOf(words, word) - 1] == "user");
        var header = new byte[5];
        while (true)
        {
            await client.ReadExactlyAsync(header, _stop.Token);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
            await client.ReadExactlyAsync(body, _stop.Token);
            if (isOfAccount && header[0] is (byte)'P' or (byte)'Q')
            {
                body = Change(header[0], body);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), body.Length + 4);
            }

            await server.WriteAsync(header, _stop.Token);
            await server.WriteAsync(body, _stop.Token);
        }
    }

    // Without encryption, which the client may ask for first.
    private async Task<byte[]> ReadStartAsync(NetworkStream client)
    {
        while (true)
        {
            var length = new byte[4];
            await client.ReadExactlyAsync(length, _stop.Token);
            var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
            await client.ReadExactlyAsync(rest, _stop.Token);
            if (BinaryPrimitives.ReadInt32BigEndian(rest) is not (SslRequest or EncryptionRequest))
            {
                return [.. length, .. rest];
            }

            await client.WriteAsync("N"u8.ToArray(), _stop.Token);
        }
    }

    // Parse: a name, the statement, the types of its parameters. Query: the statement.
    private byte[] Change(byte kind, byte[] body)
    {
        var begin = kind == (byte)'P' ? Array.IndexOf(body, (byte)0) + 1 : 0;
        var end = Array.IndexOf(body, (byte)0, begin);
        var statement = Encoding.UTF8.GetString(body, begin, end - begin);
        var changed = WithoutAccount(statement);
        if (changed == statement)
        {
            return body;
        }

        _changed.TryAdd(statement, changed);
        return [.. body[..begin], .. Encoding.UTF8.GetBytes(changed), .. body[end..]];
    }

    [GeneratedRegex(@"\b(?:\w+\.)?account_id = (?<parameter>\$\d+)(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterCondition();

    [GeneratedRegex(@"\b\w+\.account_id = \w+\.account_id\b", RegexOptions.CultureInvariant)]
    private static partial Regex ColumnCondition();
}
