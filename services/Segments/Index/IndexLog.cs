namespace TagSegments.Segments.Index;

internal static partial class IndexLog
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "Redis is left alone for a moment: {Reason}")]
    public static partial void RedisLeftAlone(this ILogger logger, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message = "Index of account {AccountId} dropped: no log leads from position {From} to {To}")]
    public static partial void IndexDropped(this ILogger logger, int accountId, long from, long to);
}
