namespace TagSegments.Tags;

internal static partial class Log
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Commit {Count} changes one by one, because one of them failed")]
    public static partial void GroupSplit(this ILogger logger, Exception exception, int count);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "Cannot read the account clocks; trying again")]
    public static partial void ClockUnreadable(this ILogger logger, Exception exception);
}
