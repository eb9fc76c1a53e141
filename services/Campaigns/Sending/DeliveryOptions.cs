namespace TagSegments.Campaigns.Sending;

/// <summary>How messages are delivered: section <c>Delivery</c> of the configuration.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>How many messages a process hands over at the same time by e-mail. Defaults to 8.</summary>
    public int Connections { get; set; } = 8;

    /// <summary>How many it hands over at the same time by SMS. Defaults to 4.</summary>
    public int SmsConnections { get; set; } = 4;

    /// <summary>How many messages are claimed at once. Defaults to 200.</summary>
    public int ClaimSize { get; set; } = 200;

    /// <summary>At most so many messages leave per second from this process; 0, the default, for no limit.</summary>
    public int MessagesPerSecond { get; set; }

    /// <summary>How long a claimed message may wait for its turn. Defaults to 2 minutes.</summary>
    public TimeSpan ClaimLease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old the reading of a contact may be when its message leaves; older ones are read again. Defaults to 5 seconds.</summary>
    public TimeSpan ContactAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long handing over may take until the message is unknown; longer than <see cref="HandOverTimeout"/>. Defaults to 5 minutes.</summary>
    public TimeSpan SendingLease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the receiving side may take for one message. Defaults to 2 minutes.</summary>
    public TimeSpan HandOverTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a campaign's preparation may go without a sign of life. Defaults to 30 seconds.</summary>
    public TimeSpan PrepareLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the second attempt; it doubles with each further one. Defaults to 30 seconds.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause between attempts. Defaults to 1 hour.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often a message is tried. Defaults to 75, which is about three days.</summary>
    public int MaxAttempts { get; set; } = 75;

    /// <summary>A schedule missed by more than this waits for a decision. Defaults to 1 hour.</summary>
    public TimeSpan LateLimit { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often the database is asked for due work. Defaults to 250 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The pause before the next attempt, with jitter, so that messages put off together do not come back together.</summary>
    public TimeSpan RetryPause(int attempts)
    {
        var pause = RetryDelay * Math.Pow(2, Math.Min(attempts, 30));
        return (pause < MaxRetryDelay ? pause : MaxRetryDelay) * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }
}
