using System.Security.Cryptography.X509Certificates;

namespace TagSegments.Embedded.Smtp;

/// <summary>How an <see cref="SmtpSink"/> behaves.</summary>
public sealed record SmtpSinkOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How many of the last messages stay in memory.</summary>
    public int Kept { get; init; } = 100_000;

    /// <summary>A file that gets one line of JSON per accepted message, written before the message is acknowledged; null for none.</summary>
    public string? JournalFile { get; init; }

    /// <summary>The largest message in bytes, announced by SIZE; larger ones get 552.</summary>
    public int MaxMessageBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>The most recipients of one message; further ones get 452.</summary>
    public int MaxRecipients { get; init; } = 1_000;

    /// <summary>The most connections at a time; further ones get 421.</summary>
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>Offers SMTPUTF8 (RFC 6531). Defaults to true; a server without it refuses addresses that are not ASCII.</summary>
    public bool OffersUtf8 { get; init; } = true;

    /// <summary>The certificate of the server: without TLS it takes no message then. Null for a server without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Begins with TLS; otherwise the client asks for it by STARTTLS.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>The user without whose login no message is taken; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>Decides at each step of a conversation what to do instead of accepting; null accepts everything.</summary>
    public Func<SmtpStep, SmtpReaction>? Script { get; init; }
}
