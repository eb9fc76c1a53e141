namespace TagSegments.Workflows.Execution;

/// <summary>The log messages of execution.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "Runs of account {Account} could not be carried out; they stay due")]
    public static partial void ExecutorBroke(this ILogger logger, Exception exception, string account);

    [LoggerMessage(LogLevel.Warning, "Leases could not be read or changed")]
    public static partial void LeasesUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Gained {Gained} partitions of accounts, holding {Held}")]
    public static partial void PartitionsGained(this ILogger logger, int gained, int held);
}
