namespace TagSegments.Tags.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Commit {Count} changes one by one, because one of them failed")]
    public static partial void GroupSplit(this ILogger logger, Exception exception, int count);
}
