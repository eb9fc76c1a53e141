namespace TagSegments.Workflows.Notifications;

/// <summary>The log messages about notifications of owners.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "{Subject} in account {Account}, for example {RunId}, which says why")]
    public static partial void RunsNeedAttention(this ILogger logger, string subject, string account, Guid runId);

    [LoggerMessage(LogLevel.Warning, "The owner of {Workflow} in account {Account} could not be told of runs that need attention; it is tried again")]
    public static partial void OwnerNotTold(this ILogger logger, Exception exception, string workflow, string account);

    [LoggerMessage(LogLevel.Warning, "The owner of {Workflow} in account {Account} is not told of runs that need attention: {Problem}")]
    public static partial void OwnerNotConfirmed(this ILogger logger, string workflow, string account, string problem);
}
