using System.Text;

namespace TagSegments.Embedded.Smtp;

/// <summary>One client's conversation with an <see cref="SmtpSink"/> (RFC 5321, with SIZE, PIPELINING, 8BITMIME, SMTPUTF8, STARTTLS and AUTH PLAIN).</summary>
internal sealed class SmtpSession(SmtpSink sink, SmtpConnection connection)
{
    private readonly List<string> _recipients = [];
    private string? _sender;
    private bool _isLoggedIn;

    public async Task RunAsync(bool isFull, CancellationToken ct)
    {
        if (isFull)
        {
            Reply("421 Too many connections");
        }
        else if (await ReactAsync(SmtpStage.Connect, "", ct) is null)
        {
            if (sink.Options is { Certificate: { } certificate, ImplicitTls: true })
            {
                await connection.SecureAsync(certificate, ct);
            }

            Reply("220 TagSegments SMTP sink");
            while (await connection.ReadLineAsync(ct) is { } line && await HandleAsync(line, ct))
            {
            }
        }

        await connection.FlushAsync(ct);
    }

    private async Task<bool> HandleAsync(string line, CancellationToken ct)
    {
        var verb = line.Split(' ', 2)[0].ToUpperInvariant();
        switch (verb)
        {
            case "EHLO":
                Reset();
                return Reply(
                    $"250-TagSegments\r\n250-PIPELINING\r\n250-SIZE {sink.Options.MaxMessageBytes}\r\n250-8BITMIME\r\n{(MustSecure ? "250-STARTTLS\r\n" : "")}"
                    + $"{(MustLogIn && !MustSecure ? "250-AUTH PLAIN\r\n" : "")}250 {(sink.Options.OffersUtf8 ? "SMTPUTF8" : "HELP")}");
            case "STARTTLS":
                return await StartTlsAsync(ct);
            case "AUTH":
                return LogIn(line);
            case "HELO" or "RSET":
                Reset();
                Reply("250 OK");
                return true;
            case "MAIL":
                return await MailAsync(line, ct);
            case "RCPT":
                return await RecipientAsync(line, ct);
            case "DATA":
                return await DataAsync(ct);
            case "NOOP":
                Reply("250 OK");
                return true;
            case "VRFY":
                Reply("252 Cannot verify, will accept");
                return true;
            case "QUIT":
                Reply("221 Bye");
                return false;
            default:
                Reply("500 Unknown command");
                return true;
        }
    }

    private bool MustSecure => sink.Options.Certificate is not null && !connection.IsSecure;

    private bool MustLogIn => sink.Options.User is not null && !_isLoggedIn;

    private async Task<bool> StartTlsAsync(CancellationToken ct)
    {
        if (!MustSecure)
        {
            return Reply("503 There is no TLS, or it is on already");
        }

        Reply("220 Go ahead");
        await connection.SecureAsync(sink.Options.Certificate!, ct);
        Reset();
        return true;
    }

    // AUTH PLAIN with the credentials in the same line, as clients send it.
    private bool LogIn(string line)
    {
        var expected = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{sink.Options.User}\0{sink.Options.Password}"));
        _isLoggedIn = !MustSecure && sink.Options.User is not null && line == $"AUTH PLAIN {expected}";
        return Reply(_isLoggedIn ? "235 Welcome" : "535 No");
    }

    private async Task<bool> MailAsync(string line, CancellationToken ct)
    {
        if (_sender is not null)
        {
            return Reply("503 MAIL was given already");
        }

        if (MustSecure || MustLogIn)
        {
            return Reply(MustSecure ? "530 STARTTLS first" : "530 AUTH first");
        }

        if (SmtpPath.Parse(line, "MAIL FROM:") is not { } sender)
        {
            return Reply("501 Write MAIL FROM:<address>");
        }

        if (SmtpPath.Size(line) > sink.Options.MaxMessageBytes)
        {
            return Reply("552 Message too large");
        }

        _sender = sender;
        if (await ReactAsync(SmtpStage.Mail, "", ct) is { } end)
        {
            _sender = null;
            return end;
        }

        return Reply("250 OK");
    }

    private async Task<bool> RecipientAsync(string line, CancellationToken ct)
    {
        if (_sender is null)
        {
            return Reply("503 MAIL first");
        }

        if (!sink.Options.OffersUtf8 && !Ascii.IsValid(line))
        {
            return Reply("553 Only ASCII here");
        }

        if (SmtpPath.Parse(line, "RCPT TO:") is not { Length: > 0 } recipient)
        {
            return Reply("501 Write RCPT TO:<address>");
        }

        if (_recipients.Count >= sink.Options.MaxRecipients)
        {
            return Reply("452 Too many recipients");
        }

        if (await ReactAsync(SmtpStage.Recipient, recipient, ct) is { } end)
        {
            return end;
        }

        _recipients.Add(recipient);
        return Reply("250 OK");
    }

    private async Task<bool> DataAsync(CancellationToken ct)
    {
        if (_recipients.Count == 0)
        {
            return Reply("503 RCPT first");
        }

        if (await ReactAsync(SmtpStage.Data, _recipients[0], ct) is { } refused)
        {
            return refused;
        }

        Reply("354 End with a dot");
        await connection.FlushAsync(ct);
        var body = new SmtpBody(sink.Options.MaxMessageBytes);
        await connection.ReadBodyAsync(body, ct);
        if (await ReactAsync(SmtpStage.Body, _recipients[0], ct) is not null)
        {
            // The rest of the body would be read as commands.
            return false;
        }

        while (!body.IsComplete)
        {
            await connection.ReadBodyAsync(body, ct);
        }

        var recipients = _recipients.ToArray();
        if (body.IsTooLarge)
        {
            Reset();
            return Reply("552 Message too large");
        }

        if (await ReactAsync(SmtpStage.EndOfData, recipients[0], ct) is { } lost)
        {
            Reset();
            return lost;
        }

        sink.Keep(_sender!, recipients, body.Message());
        if (await ReactAsync(SmtpStage.Kept, recipients[0], ct) is { } doubtful)
        {
            Reset();
            return doubtful;
        }

        Reset();
        return Reply("250 OK");
    }

    // Null to continue; else whether the conversation continues after the refusal.
    private async Task<bool?> ReactAsync(SmtpStage stage, string recipient, CancellationToken ct)
    {
        var reaction = sink.React(new SmtpStep(stage, _sender ?? "", recipient, _recipients));
        if (reaction.Delay > TimeSpan.Zero)
        {
            await connection.FlushAsync(ct);
            await Task.Delay(reaction.Delay, ct);
        }

        if (reaction.Drop)
        {
            connection.Cut();
        }

        if (reaction.Code == 0)
        {
            return null;
        }

        Reply($"{reaction.Code} {reaction.Text}");
        return reaction.Code != 421;
    }

    private void Reset()
    {
        _sender = null;
        _recipients.Clear();
    }

    private bool Reply(string text)
    {
        connection.Reply(text);
        return true;
    }
}
