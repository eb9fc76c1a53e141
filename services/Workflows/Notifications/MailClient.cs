using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TagSegments.Workflows.Notifications;

/// <summary>Sends e-mail to people of the account itself. It needs no consent and belongs to no campaign.</summary>
internal sealed class MailClient(NotificationOptions options)
{
    /// <summary>Whether there is a mail server to send by.</summary>
    public bool IsConfigured => options.Smtp is not null;

    /// <summary>Whether a text is an e-mail address.</summary>
    public static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text && text.Contains('@');

    public Task SendAsync(string address, Notification notification, string deliveryId, CancellationToken ct) => SendAsync(
        address,
        $"{notification.Workflow}: contact {notification.ContactId}",
        $"""
        {notification.Message}

        Account: {notification.Account}
        Contact: {notification.ContactId}
        Run: {notification.RunId}, node {notification.Node}
        """,
        deliveryId,
        ct);

    /// <summary>Sends a text. The delivery's id is the same for every attempt, so that receiving servers recognize a repetition.</summary>
    public async Task SendAsync(string address, string subject, string text, string deliveryId, CancellationToken ct)
    {
        if (options.Smtp?.Split(':') is not [var host, var port])
        {
            throw new InvalidOperationException("Set Notifications:Smtp to host:port to send notifications by e-mail.");
        }

        using var mail = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        mail.From.Add(MailboxAddress.Parse(options.From));
        mail.To.Add(MailboxAddress.Parse(address));
        mail.MessageId = $"{deliveryId.Replace(':', '.')}@tagsegments";
        using var client = new SmtpClient { Timeout = 10_000 };
        await client.ConnectAsync(host, int.Parse(port, CultureInfo.InvariantCulture), SecureSocketOptions.StartTlsWhenAvailable, ct);
        await client.SendAsync(mail, ct);
        await client.DisconnectAsync(quit: true, ct);
    }
}
