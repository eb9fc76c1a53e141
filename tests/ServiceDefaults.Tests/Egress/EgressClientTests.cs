using System.Net;
using System.Net.Sockets;
using System.Text;
using TagSegments.ServiceDefaults.Egress;

namespace TagSegments.ServiceDefaults.Tests.Egress;

/// <summary>Findings 14 and 22 of the security review: calls out of the process, and how many there may be.</summary>
public sealed class EgressClientTests : IDisposable
{
    private static readonly EgressOptions s_options = new() { AllowedNetworks = ["127.0.0.0/8"] };
    private readonly TcpServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    public async Task An_address_inside_is_refused_when_it_is_connected_to(string host)
    {
        using var client = Client(new EgressOptions());

        await Assert.ThrowsAsync<AddressRefusedException>(() => SendAsync(client, 1, host));

        Assert.Equal(0, _server.Connections);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_like_any_other_and_an_endless_body_is_not_read()
    {
        using var client = Client(s_options);
        _server.Answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 99999999999\r\n\r\nx";

        Assert.Equal(HttpStatusCode.Redirect, await SendAsync(client, 1, "127.0.0.1"));
    }

    [Fact]
    public async Task An_answer_with_endless_headers_is_cut_off()
    {
        using var client = Client(s_options);
        _server.Answer = "HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000) + "\r\n\r\n";

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(client, 1, "127.0.0.1"));
    }

    [Fact]
    public async Task An_account_and_a_host_have_limits_and_a_refused_call_knows_its_turn()
    {
        using var client = Client(s_options with { CallsPerAccountAndHost = 2, CallsPerHost = 3 });
        _server.Answer = null;
        var calls = new[] { SendAsync(client, 1, "127.0.0.1"), SendAsync(client, 1, "127.0.0.1"), SendAsync(client, 2, "127.0.0.1") };

        var first = await Assert.ThrowsAsync<DestinationBusyException>(() => SendAsync(client, 1, "127.0.0.1"));
        var second = await Assert.ThrowsAsync<DestinationBusyException>(() => SendAsync(client, 1, "127.0.0.1"));
        await Assert.ThrowsAsync<DestinationBusyException>(() => SendAsync(client, 3, "127.0.0.1"));

        Assert.True(second.RetryAfter > first.RetryAfter);
        _server.Release("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.All(await Task.WhenAll(calls), status => Assert.Equal(HttpStatusCode.NoContent, status));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, 3, "127.0.0.1"));
    }

    [Fact]
    public async Task An_account_has_a_rate_of_calls_to_all_hosts_together()
    {
        using var client = Client(s_options);

        // Twice the rate may come at once.
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, 1, "127.0.0.1", perSecond: 1));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, 1, "localhost", perSecond: 1));
        await Assert.ThrowsAsync<DestinationBusyException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await SendAsync(client, 1, "127.0.0.1", perSecond: 1);
            }
        });

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, 2, "127.0.0.1", perSecond: 1));
    }

    [Fact]
    public async Task Names_that_lead_to_one_address_share_its_connections()
    {
        using var client = Client(s_options with { ConnectionsPerAddress = 1 });
        _server.Answer = null;
        var call = SendAsync(client, 1, "127.0.0.1");
        await Testing.Eventually.HoldsAsync(() => _server.Connections == 1);

        await Assert.ThrowsAsync<DestinationBusyException>(() => SendAsync(client, 2, "localhost"));

        _server.Release("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal(HttpStatusCode.NoContent, await call);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_left_alone_by_the_account_that_found_out()
    {
        using var client = Client(s_options with { FailuresUntilBreak = 3 });
        _server.Answer = "";
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(client, 1, "127.0.0.1"));
        }

        var connections = _server.Connections;
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(client, 1, "127.0.0.1"));

        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
        Assert.Equal(connections, _server.Connections);
        _server.Answer = "HTTP/1.1 204 No Content\r\n\r\n";
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, 2, "127.0.0.1"));
    }

    private static EgressClient Client(EgressOptions options) => new(options, new DestinationLimits(options, TimeProvider.System));

    private Task<HttpStatusCode> SendAsync(EgressClient client, int account, string host, int perSecond = 1_000)
    {
        var url = new Uri($"http://{host}:{_server.Port}/");
        return client.SendAsync(
            new EgressCaller(account, perSecond), url, _ => Task.FromResult(new HttpRequestMessage(HttpMethod.Get, url)), Testing.Eventually.Patience, CancellationToken.None);
    }

    /// <summary>A server that says whatever it is told to.</summary>
    private sealed class TcpServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _connections;

        public TcpServer()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => Volatile.Read(ref _connections);

        /// <summary>The bytes after each request; null waits for <see cref="Release"/>, nothing closes the connection.</summary>
        public string? Answer { get; set; } = "HTTP/1.1 204 No Content\r\n\r\n";

        public void Release(string answer)
        {
            Answer = answer;
            _released.SetResult(answer);
        }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = AnswerAsync(client);
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using var _ = client;
            var buffer = new byte[4_096];
            while (await client.GetStream().ReadAsync(buffer) > 0 && (Answer ?? await _released.Task) is { Length: > 0 } answer)
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
    }
}
