using System.CommandLine;
using Crm.Campaigns.V1;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>The options of a message.</summary>
internal sealed class MessageOptions
{
    private readonly Option<string> _subject = Options.Text("--subject", "The subject, a Liquid template: Hello {{ contact.first_name }}");
    private readonly Option<string> _text = Options.Text("--text", "The text part, or the text of an SMS; a Liquid template.");
    private readonly Option<FileInfo> _html = new Option<FileInfo>("--html") { Description = "A file with the HTML part, a Liquid template.", HelpName = "file" }.AcceptExistingOnly();
    private readonly Option<string> _from = Options.Text("--from", "The sender's address. Defaults to the installation's.", "address");
    private readonly Option<string> _fromName = Options.Text("--from-name", "The sender's name.", "name");
    private readonly Option<string> _replyTo = Options.Text("--reply-to", "The address for replies. Defaults to the sender.", "address");
    private readonly Option<bool> _withoutTracking = new("--without-tracking") { Description = "Leave out the open pixel and keep links as they are." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _subject, _text, _html, _from, _fromName, _replyTo, _withoutTracking })
            command.Options.Add(option);
    }

    /// <summary>Copies the given options to a message; false if there are none.</summary>
    public async Task<bool> ApplyAsync(Session session, Message message, CancellationToken ct)
    {
        message.Subject = session.Get(_subject) ?? message.Subject;
        message.Text = session.Get(_text) ?? message.Text;
        message.Html = session.Get(_html) is { } html ? await File.ReadAllTextAsync(html.FullName, ct) : message.Html;
        message.FromAddress = session.Get(_from) ?? message.FromAddress;
        message.FromName = session.Get(_fromName) ?? message.FromName;
        message.ReplyTo = session.Get(_replyTo) ?? message.ReplyTo;
        message.WithoutTracking = session.Given(_withoutTracking) ? session.Get(_withoutTracking) : message.WithoutTracking;
        return new Option[] { _subject, _text, _html, _from, _fromName, _replyTo, _withoutTracking }.Any(session.Given);
    }
}
