namespace TagSegments.Campaigns.Delivery;

/// <summary>
/// The state of the mail server as seen by all connections of a process: while it cannot be used, the log gets a line from time to time, not
/// one for every try of every connection.
/// </summary>
internal sealed class MailServerWatch(SmtpOptions smtp, TimeProvider time, ILogger logger)
{
    /// <summary>The least time between two lines about a failure.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _connections;
    private long? _spokeAt;
    private bool _isKnown;

    /// <summary>A connection could not be made.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="isFirst">Whether it is the first try of this connection that failed.</param>
    /// <param name="messages">How many messages wait in this process.</param>
    /// <param name="pause">How long this connection pauses before its next try.</param>
    public void Fail(Exception problem, bool isFirst, int messages, TimeSpan pause)
    {
        lock (_lock)
        {
            Count(isFirst ? 1 : 0);
            if (_spokeAt is not { } spokeAt || time.GetElapsedTime(spokeAt) >= Quiet)
            {
                (_isKnown, _spokeAt) = (true, time.GetTimestamp());
                logger.MailServerUnavailable(smtp.Host, smtp.Port, problem.Message, _connections, messages, pause);
            }
        }
    }

    /// <summary>Ends the wait of a connection whose tries failed: it was made, or is no longer wanted.</summary>
    public void End(bool isConnected)
    {
        lock (_lock)
        {
            Count(-1);
            if (isConnected && _isKnown && _connections == 0)
            {
                _isKnown = false;
                logger.MailServerAvailable(smtp.Host, smtp.Port);
            }
        }
    }

    private void Count(int change)
    {
        _connections += change;
        CampaignMetrics.Waiting(change);
    }
}
