namespace TagSegments.Workflows.Scheduling;

/// <summary>The log messages of scheduling.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "The {Lane} of account {Account} could not be worked on; they are tried again: {Reason}")]
    public static partial void WorkFailed(this ILogger logger, Exception? exception, string lane, string account, string reason);
}
