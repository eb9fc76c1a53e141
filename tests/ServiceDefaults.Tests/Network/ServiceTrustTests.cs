using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;
using TagSegments.Testing.Tls;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>Finding 6: a call that needs a service whose certificate is refused says so, and can be repeated.</summary>
public sealed class ServiceTrustTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new();

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_certificate_of_an_unknown_authority_is_named(string host)
    {
        using var certificate = _other.IssueForThisMachine();

        await RefusedAsync(certificate, "authority", host);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_certificate_for_another_name_is_named(string host)
    {
        using var certificate = _authority.Issue("elsewhere.example", IPAddress.Parse("192.0.2.1"), DateTimeOffset.UtcNow.AddHours(1));

        await RefusedAsync(certificate, "name", host);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_certificate_that_has_expired_is_named(string host)
    {
        using var certificate = _authority.Issue("localhost", IPAddress.Loopback, DateTimeOffset.UtcNow.AddHours(-1));

        await RefusedAsync(certificate, "time", host);
    }

    private async Task RefusedAsync(X509Certificate2 certificate, string problem, string host)
    {
        using var stop = new CancellationTokenSource();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var showing = ShowAsync(server, certificate, stop.Token);
        var builder = ServiceHost.CreateBuilder("probe", 0, [], new Dictionary<string, string?>
        {
            ["Services:Tags"] = $"https://{host}:{((IPEndPoint)server.LocalEndpoint).Port}",
            ["Tls:Authority"] = _authority.CertificateFile,
            ["Auth:Mode"] = "off",
        });
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags").AddServiceClient<SegmentService.SegmentServiceClient>("Tags");
        await using var app = builder.Build();

        var one = await Expect.FailureAsync(StatusCode.Unavailable, ErrorReason.ServiceNotTrusted, () => app.Services
            .GetRequiredService<AccountService.AccountServiceClient>().GetAccountAsync(new() { Account = "a" }, Soon()).ResponseAsync);
        var stream = await Expect.FailureAsync(StatusCode.Unavailable, ErrorReason.ServiceNotTrusted, () => app.Services
            .GetRequiredService<SegmentService.SegmentServiceClient>().StreamMatches(new() { Account = "a" }, Soon()).ResponseStream.MoveNext(default));

        Assert.All([one, stream], failure => Assert.Equal(("tags", problem), (failure.Metadata["service"], failure.Metadata["problem"])));
        await stop.CancelAsync();
        await showing;

        static CallOptions Soon() => new(deadline: DateTime.UtcNow.Add(Eventually.Patience));
    }

    // Shows the certificate to whoever comes, also to several at once: a client with several addresses opens connections before it needs them.
    private static async Task ShowAsync(TcpListener server, X509Certificate2 certificate, CancellationToken ct)
    {
        var shown = new List<Task>();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                shown.Add(ShowAsync(await server.AcceptTcpClientAsync(ct), certificate, ct));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(shown);
    }

    private static async Task ShowAsync(TcpClient accepted, X509Certificate2 certificate, CancellationToken ct)
    {
        using var client = accepted;
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, ct);
            await stream.ReadExactlyAsync(new byte[1], ct);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
        {
            // The client refuses the certificate, or the test is over.
        }
    }
}
