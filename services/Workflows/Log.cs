using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows;

/// <summary>What the workflow service logs.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "Feed {Feed} of account {Account} broke off; it goes on from its cursor")]
    public static partial void FeedBroke(this ILogger logger, Exception exception, Feed feed, string account);

    [LoggerMessage(LogLevel.Warning, "Feed {Feed} of account {Account} is away; it goes on from its cursor: {Reason}")]
    public static partial void FeedAway(this ILogger logger, Feed feed, string account, string reason);

    [LoggerMessage(LogLevel.Information, "Feed {Feed} of account {Account} is read by another process as well")]
    public static partial void CursorMovedElsewhere(this ILogger logger, Feed feed, string account);

    [LoggerMessage(LogLevel.Warning, "Runs of account {Account} could not be carried out; they stay due")]
    public static partial void ExecutorBroke(this ILogger logger, Exception exception, string account);

    [LoggerMessage(LogLevel.Warning, "What is due could not be read; it is tried again")]
    public static partial void DueRunsUnknown(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Segment {SegmentId} of account {Account} could not be looked at; who came in is found at the next look")]
    public static partial void SegmentNotSeen(this ILogger logger, Exception exception, Guid segmentId, string account);

    [LoggerMessage(LogLevel.Warning, "Segments could not be looked at; who came in is found at the next look")]
    public static partial void SegmentsNotSeen(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Subject} in account {Account}, for example {RunId}: {Reason}")]
    public static partial void RunsNeedAttention(this ILogger logger, string subject, string account, Guid runId, string reason);

    [LoggerMessage(LogLevel.Warning, "{Owner} could not be told of runs that need attention; it is tried again")]
    public static partial void OwnerNotTold(this ILogger logger, Exception exception, string owner);

    [LoggerMessage(LogLevel.Warning, "Notices to owners could not be read")]
    public static partial void NoticesUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Leases could not be read or changed")]
    public static partial void LeasesUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Holding account {Account}")]
    public static partial void AccountHeld(this ILogger logger, string account);
}
