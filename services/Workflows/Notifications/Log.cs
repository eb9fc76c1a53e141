namespace TagSegments.Workflows.Notifications;

/// <summary>The log messages about notifications of owners.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "{Subject} in account {Account}, for example {RunId}: {Reason}")]
    public static partial void RunsNeedAttention(this ILogger logger, string subject, string account, Guid runId, string reason);

    [LoggerMessage(LogLevel.Warning, "{Owner} could not be told of runs that need attention; it is tried again")]
    public static partial void OwnerNotTold(this ILogger logger, Exception exception, string owner);
}
