namespace TagSegments.Workflows.Scheduling;

/// <summary>What scheduling logs.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "What is due could not be read; it is tried again")]
    public static partial void DueRunsUnknown(this ILogger logger, Exception exception);
}
