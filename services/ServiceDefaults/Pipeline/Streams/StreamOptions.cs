namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>
/// The limits of streams under <c>Grpc:Streams</c>: of all calls that are not unary. How many an account may have open is one of the limits of
/// accounts, <c>Limits:ConcurrentStreams</c>.
/// </summary>
internal sealed record StreamOptions
{
    /// <summary>Streams that one caller may have open at once, by the subject of its token.</summary>
    public int PerPrincipal { get; init; } = 200;

    /// <summary>Streams that all callers may have open at once, without those of the services.</summary>
    public int PerProcess { get; init; } = 1_000;

    /// <summary>Streams that the other services may have open at once.</summary>
    public int OfServices { get; init; } = 50_000;

    /// <summary>How long a message may wait for the other side, in seconds. A stream without messages is not idle.</summary>
    public int IdleSeconds { get; init; } = 60;

    /// <summary>How long a stream may last, in seconds; some end a little earlier, so that not all come back at once.</summary>
    public int MaxAgeSeconds { get; init; } = 3_600;

    /// <summary>The memory of messages that wait for their readers, in MiB. One account gets at most a quarter.</summary>
    public int PendingMegabytes { get; init; } = 64;
}
