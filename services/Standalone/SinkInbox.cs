using MimeKit;
using TagSegments.Embedded.Smtp;
using TagSegments.WebConsole.Inbox;

namespace TagSegments.Standalone;

/// <summary>The messages of the SMTP sink, for the inbox of the console.</summary>
internal sealed class SinkInbox(SmtpSink sink) : IInbox
{
    public IReadOnlyList<InboxMessage> Latest(string? address, int most) => sink.Messages
        .Reverse()
        .Where(message => address is null || message.Recipients.Contains(address, StringComparer.OrdinalIgnoreCase))
        .Take(most)
        .Select(Read)
        .ToList();

    public InboxMessage? Find(long number) => sink.Messages.FirstOrDefault(message => message.Number == number) is { } found ? Read(found) : null;

    private static InboxMessage Read(SmtpMessage message)
    {
        using var content = new MemoryStream(message.Data.ToArray(), writable: false);
        using var mail = MimeMessage.Load(content);
        return new(message.Number, mail.From.ToString(), string.Join(", ", message.Recipients), mail.Subject ?? "", mail.TextBody ?? "", mail.HtmlBody ?? "", mail.Date);
    }
}
