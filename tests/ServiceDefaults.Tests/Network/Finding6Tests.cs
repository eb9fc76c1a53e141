using System.Net.Security;
using System.Net.Sockets;
using Crm.Accounts.V1;
using Grpc.Core;
using Grpc.Net.Client;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Testing;
using TagSegments.Testing.Tls;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>Finding 6 of the security review: a service could not do TLS, and an https address was served without it.</summary>
public sealed class Finding6Tests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("Grpc:Address")]
    [InlineData("Http:Address")]
    [InlineData("Management:Address")]
    public async Task An_https_address_without_a_certificate_stops_the_start(string setting)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new() { [setting] = "https://127.0.0.1:0" }));

        Assert.Contains($"{setting} is https://127.0.0.1:0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tls:Certificate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("missing.crt", true)]
    [InlineData("ca.crt", false)]
    public async Task A_certificate_that_cannot_be_used_stops_the_start(string certificate, bool hasKey)
    {
        var (_, key) = _authority.Issue();
        var file = certificate.Length > 0 ? Path.Combine(_authority.Folder, certificate) : "";

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new()
        {
            ["Grpc:Address"] = "https://127.0.0.1:0",
            ["Tls:Certificate"] = file,
            ["Tls:Key"] = hasKey ? key : "",
        }));

        Assert.Contains("Tls:Key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_knows_the_authority_is_answered_and_one_that_does_not_refuses_the_service()
    {
        await using var host = await StartWithTlsAsync(_authority.Issue());
        using var other = new TestAuthority();

        Assert.True(await Trust.ExistsAsync(host.Address.OriginalString, _authority));
        Assert.False(await Trust.ExistsAsync(host.Address.OriginalString, other));
        Assert.False(await Trust.ExistsAsync(host.Address.OriginalString, authority: null));
    }

    [Fact]
    public async Task Clear_text_gets_no_answer_where_TLS_is_asked_for()
    {
        await using var host = await StartWithTlsAsync(_authority.Issue());
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{host.Address.Port}");

        var status = await Expect.StatusAsync(() => new AccountService.AccountServiceClient(channel).GetAccountAsync(new() { Account = "a" }).ResponseAsync);

        Assert.NotEqual(StatusCode.OK, status);
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_is_shown_without_a_restart_once_both_files_fit()
    {
        var files = _authority.Issue();
        await using var host = await StartWithTlsAsync(files);
        var first = await ShownAsync(host);

        await File.WriteAllTextAsync(files.Key, "not a key");
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        Assert.Equal(first, await ShownAsync(host));

        var renewed = _authority.IssueTo(files);
        await Eventually.ReadAsync(() => ShownAsync(host), shown => shown == renewed);
        Assert.True(await Trust.ExistsAsync(host.Address.OriginalString, _authority));
    }

    [Fact]
    public async Task An_authority_that_is_exchanged_is_known_without_a_restart()
    {
        await using var host = await StartWithTlsAsync(_authority.Issue());
        using var former = new TestAuthority();
        var check = PrivateAuthority.Check(former.CertificateFile);
        Assert.False(await Trust.ExistsAsync(host.Address.OriginalString, check));

        File.Copy(_authority.CertificateFile, former.CertificateFile, overwrite: true);

        Assert.True(await Trust.ExistsAsync(host.Address.OriginalString, check));
    }

    [Theory]
    [InlineData("")]
    [InlineData("missing.pem")]
    public void An_authority_without_a_certificate_stops_the_start(string name)
    {
        var file = Path.Combine(_authority.Folder, name.Length > 0 ? name : "empty.pem");
        if (name.Length == 0)
        {
            File.WriteAllText(file, "");
        }

        Assert.ThrowsAny<Exception>(() => PrivateAuthority.Check(file));
    }

    [Fact]
    public async Task The_health_check_of_the_program_asks_over_TLS()
    {
        await using var host = await StartWithTlsAsync(_authority.Issue());
        var files = host.Settings;

        Assert.Equal(0, await HealthAsync(files));
        var (certificate, key) = _authority.Issue();
        await Assert.ThrowsAsync<RpcException>(() => HealthAsync(new(files) { ["Tls:Certificate"] = certificate, ["Tls:Key"] = key }));

        static Task<int> HealthAsync(Dictionary<string, string?> settings) => Host.ServiceHost.RunAsync(
            ["healthcheck"], (args, _) => Host.ServiceHost.CreateBuilder("test", 0, args, settings).Build(), typeof(Finding6Tests).Assembly);
    }

    private static Task<TestHost> StartWithTlsAsync((string Certificate, string Key) files) => StartAsync(new()
    {
        ["Grpc:Address"] = "https://127.0.0.1:0",
        ["Tls:Certificate"] = files.Certificate,
        ["Tls:Key"] = files.Key,
    });

    private static Task<TestHost> StartAsync(Dictionary<string, string?> settings) =>
        TestHost.StartAsync((request, _) => Task.FromResult(new GetAccountResponse { Account = new() { Name = request.Account } }), settings);

    private static async Task<string> ShownAsync(TestHost host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Address.Port);
        var shown = "";
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            shown = certificate?.GetCertHashString() ?? "";
            return shown.Length > 0;
        });
        await tls.AuthenticateAsClientAsync("localhost");
        return shown;
    }
}
