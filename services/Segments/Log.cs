namespace TagSegments.Segments;

internal static partial class Log
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "Redis is left alone for a moment: {Reason}")]
    public static partial void RedisLeftAlone(this ILogger logger, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message = "Index of account {AccountId} dropped: no log leads from position {From} to {To}")]
    public static partial void IndexDropped(this ILogger logger, int accountId, long from, long to);

    [LoggerMessage(
        EventId = 202,
        Level = LogLevel.Critical,
        Message = "Index and SQL disagree in account {AccountId} at position {Position}: {Missing} missing, {Surplus} too many, filter {Filter}")]
    public static partial void ShadowMismatch(
        this ILogger logger, int accountId, long position, int missing, int surplus, Crm.Segments.V1.Filter filter);
}
