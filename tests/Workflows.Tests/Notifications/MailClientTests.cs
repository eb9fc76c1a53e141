using System.Net;
using System.Net.Sockets;
using MailKit.Security;
using TagSegments.Embedded.Smtp;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.Testing.Tls;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Tests.Notifications;

public sealed class MailClientTests
{
    // Finding 14 of the security review: what holds for webhooks holds for the mail server too.
    [Fact]
    public async Task Finding14_an_account_has_few_connections_to_the_mail_server_at_a_time()
    {
        var options = new EgressOptions { CallsPerAccountAndHost = 1 };
        using var limits = new DestinationLimits(options, TimeProvider.System);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var mail = new MailClient(new NotificationOptions { Smtp = silent.LocalEndpoint.ToString() }, limits);
        using var end = new CancellationTokenSource();
        var made = 0;
        Task SendAsync(int account) => mail.SendAsync(
            new AccountInfo(account, "acme", "UTC", 1),
            "sales@acme.example",
            _ =>
            {
                made++;
                return Task.FromResult(new Notification("acme", "W", Guid.NewGuid(), "tell", 1, "x", DateTimeOffset.UnixEpoch));
            },
            "delivery",
            end.Token);

        var first = SendAsync(1);
        await Assert.ThrowsAsync<DestinationBusyException>(() => SendAsync(1));
        var other = SendAsync(2);

        Assert.Equal(2, made);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(first, other));
    }

    // Finding 23 of the security review: mail left in clear text where somebody took STARTTLS out of the server's answer.
    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Finding23_a_server_without_the_encryption_that_is_asked_for_gets_nothing(string security)
    {
        await using var stripped = SmtpSink.Start();

        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(Options(stripped, security)));

        Assert.Empty(stripped.Messages);
    }

    [Theory]
    [InlineData("starttls", false)]
    [InlineData("tls", true)]
    public async Task Finding23_notifications_leave_encrypted_and_logged_in(string security, bool implicitTls)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.IssueForThisMachine();
        await using var server = SmtpSink.Start(new SmtpSinkOptions { Certificate = certificate, ImplicitTls = implicitTls, User = "flows", Password = "secret" });
        var options = Options(server, security) with { Authority = authority.CertificateFile, User = "flows", Password = "secret" };

        await SendAsync(options);

        Assert.Single(server.Messages);
        await Assert.ThrowsAsync<AuthenticationException>(() => SendAsync(options with { Password = "wrong" }));
        await Assert.ThrowsAsync<SslHandshakeException>(() => SendAsync(options with { Authority = "" }));
        Assert.Single(server.Messages);
    }

    private static NotificationOptions Options(SmtpSink server, string security) =>
        new() { Smtp = $"127.0.0.1:{server.Port}", Security = security };

    private static async Task SendAsync(NotificationOptions options)
    {
        using var limits = new DestinationLimits(new EgressOptions(), TimeProvider.System);
        await new MailClient(options, limits).SendAsync("sales@acme.example", "Subject", "Text", "delivery", CancellationToken.None);
    }
}
