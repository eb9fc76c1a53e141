using Crm.Accounts.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>Faults 67 and 70: a client floods its connection with frames or headers.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private const string Path = "/crm.accounts.v1.AccountService/GetAccount";
    private readonly GetAccountRequest _request = new() { Account = "acme" };
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("calls that are reset at once")]
    [InlineData("headers without an end")]
    [InlineData("pings that nobody reads the answers of")]
    [InlineData("settings again and again")]
    public async Task Fault67_others_are_served_while_a_connection_is_flooded(string flood)
    {
        using var connection = await RawHttp2.ConnectAsync(_host.Address);
        using var stop = new CancellationTokenSource();
        var flooding = Task.Run(() => FloodAsync(connection, flood, stop.Token));

        for (var i = 0; i < 50; i++)
        {
            await _host.Client.GetAccountAsync(_request, deadline: DateTime.UtcNow.Add(Eventually.Patience));
        }

        await stop.CancelAsync();
        connection.Dispose();
        await flooding;
        await _host.Client.GetAccountAsync(_request);
    }

    [Theory]
    [InlineData("calls that are reset at once")]
    [InlineData("headers without an end")]
    public async Task Fault67_the_connection_of_a_flood_of_calls_or_headers_is_closed(string flood)
    {
        using var connection = await RawHttp2.ConnectAsync(_host.Address);
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var flooding = Task.Run(() => FloodAsync(connection, flood, patience.Token));

        await connection.UntilClosedAsync(patience.Token);
        await flooding;

        Assert.False(patience.IsCancellationRequested);
    }

    [Theory]
    [InlineData(200, 10)]
    [InlineData(1, 40_000)]
    public async Task Fault70_a_call_with_too_many_or_too_long_headers_is_refused_and_the_next_one_answered(int headers, int length)
    {
        var metadata = new Metadata();
        for (var i = 0; i < headers; i++)
        {
            metadata.Add($"x-{i}", new string('a', length));
        }

        Assert.NotEqual(StatusCode.OK, await Expect.StatusAsync(async () => await _host.Client.GetAccountAsync(_request, metadata)));
        await _host.Client.GetAccountAsync(_request);
    }

    [Fact]
    public async Task Fault70_a_binary_header_that_is_none_ends_no_process()
    {
        using var connection = await RawHttp2.ConnectAsync(_host.Address);
        await connection.SendAsync(RawHttp2.Headers, RawHttp2.EndHeaders, 1, [.. RawHttp2.Call(Path), .. RawHttp2.Header("x-trace-bin", "%%%")]);

        await _host.Client.GetAccountAsync(_request);
    }

    private static async Task FloodAsync(RawHttp2 connection, string flood, CancellationToken ct)
    {
        try
        {
            for (var round = 0; !ct.IsCancellationRequested; round++)
            {
                await connection.SendAsync([.. Enumerable.Range(0, 100).SelectMany(i => Next(flood, (100 * round) + i))]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server, or the test, has closed it.
        }
    }

    private static byte[] Next(string flood, int number) => flood switch
    {
        "calls that are reset at once" =>
        [
            .. RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, (2 * number) + 1, RawHttp2.Call(Path)),
            .. RawHttp2.Frame(RawHttp2.Reset, 0, (2 * number) + 1, [0, 0, 0, 8]),
        ],
        "headers without an end" => RawHttp2.Frame(
            number == 0 ? RawHttp2.Headers : RawHttp2.Continuation, 0, 1, number == 0 ? RawHttp2.Call(Path) : RawHttp2.Header($"x-{number}", new string('a', 100))),
        "pings that nobody reads the answers of" => RawHttp2.Frame(RawHttp2.Ping, 0, 0, new byte[8]),
        _ => RawHttp2.Frame(RawHttp2.Settings, 0, 0, []),
    };
}
