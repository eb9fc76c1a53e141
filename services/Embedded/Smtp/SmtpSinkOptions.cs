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

    /// <summary>Decides at each step of a conversation what to do instead of accepting; null accepts everything.</summary>
    public Func<SmtpStep, SmtpReaction>? Script { get; init; }
}
