namespace TagSegments.Tags.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Commit {Count} changes one by one, because one of them failed")]
    public static partial void GroupSplit(this ILogger logger, Exception exception, int count);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "A bulk operation was interrupted; it is tried again")]
    public static partial void BulkInterrupted(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message = "Cannot remove expired tags; trying again")]
    public static partial void ExpiryInterrupted(this ILogger logger, Exception exception);
}
