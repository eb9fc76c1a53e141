namespace TagSegments.Tags.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Commit {Count} changes one by one, because one of them failed")]
    public static partial void GroupSplit(this ILogger logger, Exception exception, int count);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "The erasure of contact {ContactId} of account {Account} is tried again")]
    public static partial void ErasurePutOff(this ILogger logger, Exception exception, int contactId, string account);
}
