using System.Globalization;
using System.Net.Security;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.Workflows.Notifications;

/// <summary>Sends e-mail to people of the account itself. It needs no consent and belongs to no campaign.</summary>
internal sealed class MailClient(NotificationOptions options, DestinationLimits limits)
{
    private readonly RemoteCertificateValidationCallback? _trust = PrivateAuthority.Check(options.Authority);

    /// <summary>Whether there is a mail server to send by.</summary>
    public bool IsConfigured => options.Smtp is not null;

    /// <summary>Whether a text is an e-mail address.</summary>
    public static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text && text.Contains('@');

    /// <summary>Sends a notification, which is made once the mail server has room for another connection of the account.</summary>
    public Task SendAsync(
        AccountInfo account, string address, Func<CancellationToken, Task<Notification>> makeNotification, string deliveryId, CancellationToken ct) =>
        limits.RunAsync(
            new EgressCaller(account.Id, account.Limits.WebhooksPerSecond),
            Server().Host,
            async token =>
            {
                var notification = await makeNotification(token);
                await SendAsync(address, $"{notification.Workflow}: contact {notification.ContactId}", TextOf(notification), deliveryId, token);
                return true;
            },
            ct);

    /// <summary>Sends a text. The delivery's id is the same for every attempt, so that receiving servers recognize a repetition.</summary>
    public async Task SendAsync(string address, string subject, string text, string deliveryId, CancellationToken ct)
    {
        var (host, port) = Server();
        using var mail = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        mail.From.Add(MailboxAddress.Parse(options.From));
        mail.To.Add(MailboxAddress.Parse(address));
        mail.MessageId = $"{deliveryId.Replace(':', '.')}@tagsegments";
        using var client = new SmtpClient { Timeout = 10_000, ServerCertificateValidationCallback = _trust };
        await client.ConnectAsync(host, port, Encryption(host), ct);
        if (options.User.Length > 0)
        {
            await client.AuthenticateAsync(options.User, options.Password, ct);
        }

        await client.SendAsync(mail, ct);
        await client.DisconnectAsync(quit: true, ct);
    }

    private (string Host, int Port) Server() => options.Smtp?.Split(':') is [var host, var port]
        ? (host, int.Parse(port, CultureInfo.InvariantCulture))
        : throw new InvalidOperationException("Set Notifications:Smtp to host:port to send notifications by e-mail.");

    private SecureSocketOptions Encryption(string host) => MailEncryptions.Read("Notifications:Security", options.Security, host) switch
    {
        MailEncryption.Tls => SecureSocketOptions.SslOnConnect,
        MailEncryption.StartTls => SecureSocketOptions.StartTls,
        MailEncryption.None => SecureSocketOptions.None,
    };

    private static string TextOf(Notification notification) =>
        $"""
        {notification.Message}

        Account: {notification.Account}
        Contact: {notification.ContactId}
        Run: {notification.RunId}, node {notification.Node}
        """;
}
