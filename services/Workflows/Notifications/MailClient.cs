using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TagSegments.Workflows.Notifications;

/// <summary>Sends notifications by e-mail. They go to people of the account's own, so they are no matter of consent and of no campaign.</summary>
internal sealed class MailClient(NotificationOptions options)
{
    public async Task SendAsync(string address, Notification notification, string deliveryId, CancellationToken ct)
    {
        if (options.Smtp?.Split(':') is not [var host, var port])
        {
            throw new InvalidOperationException("Set Notifications:Smtp to host:port to send notifications by e-mail.");
        }

        using var client = new SmtpClient { Timeout = 10_000 };
        await client.ConnectAsync(host, int.Parse(port, CultureInfo.InvariantCulture), SecureSocketOptions.StartTlsWhenAvailable, ct);
        await client.SendAsync(Compose(address, notification, deliveryId), ct);
        await client.DisconnectAsync(quit: true, ct);
    }

    private MimeMessage Compose(string address, Notification notification, string deliveryId)
    {
        var mail = new MimeMessage { Subject = $"{notification.Workflow}: contact {notification.ContactId}" };
        mail.From.Add(MailboxAddress.Parse(options.From));
        mail.To.Add(MailboxAddress.Parse(address));
        // The same for every retry of one step, so that receiving servers can tell a repetition.
        mail.MessageId = $"{deliveryId.Replace(':', '.')}@tagsegments";
        mail.Body = new TextPart("plain")
        {
            Text = $"""
                {notification.Message}

                Account: {notification.Account}
                Contact: {notification.ContactId}
                Run: {notification.RunId}, node {notification.Node}
                """,
        };
        return mail;
    }
}
