namespace TagSegments.Campaigns.Delivery;

/// <summary>How messages are delivered: section <c>Delivery</c> of the configuration.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>How many messages a process hands over at the same time by e-mail. Defaults to 8.</summary>
    public int Connections { get; set; } = 8;

    /// <summary>How many it hands over at the same time by SMS. Defaults to 4.</summary>
    public int SmsConnections { get; set; } = 4;

    /// <summary>The most messages that leave per second, from all processes together; 0, the default, for no limit.</summary>
    public int MessagesPerSecond { get; set; }

    /// <summary>The most e-mails per minute to one domain, from all processes together; 0, the default, for no limit.</summary>
    public int DomainMessagesPerMinute { get; set; }

    /// <summary>The limits of single domains, by name; they win over <see cref="DomainMessagesPerMinute"/>, and 0 is no limit.</summary>
    public Dictionary<string, int> Domains { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The folder where a process notes its progress for the next one on the machine. Defaults to a folder for temporary files; without one, each
    /// message departs alone, which is slow.
    /// </summary>
    public string JournalFolder { get; set; } = Path.Combine(Path.GetTempPath(), "tagsegments-campaigns");

    /// <summary>The greatest age of a contact's data when its message leaves; older data is read again. Defaults to 5 seconds.</summary>
    public TimeSpan ContactAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process may go without a sign of life until others take its messages over. Defaults to 60 seconds.</summary>
    public TimeSpan BatchLease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The time after the start of the database server in which nothing is taken over. Defaults to 10 seconds.</summary>
    public TimeSpan RecoveryGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after it departed a message may be begun; later it departs again. Defaults to 10 seconds.</summary>
    public TimeSpan DepartureAge { get; set; } = TimeSpan.FromSeconds(10);

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

    /// <summary>The interval between queries for due work, while there is some. Defaults to 250 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The interval after a query in vain.</summary>
    public TimeSpan IdlePollInterval => 3 * PollInterval;

    /// <summary>How many messages per minute may go to a domain; 0 for no limit.</summary>
    public int DomainLimit(string domain) => Domains.TryGetValue(domain, out var limit) ? limit : DomainMessagesPerMinute;

    /// <summary>The pause before the next attempt, with jitter, so that messages deferred together do not return together.</summary>
    public TimeSpan RetryPause(int attempts)
    {
        var pause = RetryDelay * Math.Pow(2, Math.Min(attempts, 30));
        return (pause < MaxRetryDelay ? pause : MaxRetryDelay) * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }
}
