using System.Net;
using System.Net.Sockets;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Egress;
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
}
