namespace TagSegments.Workflows.Enrolment;

/// <summary>The log messages of enrolment.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "Feed {Feed} of account {Account} failed; it will continue from its cursor")]
    public static partial void FeedBroke(this ILogger logger, Exception exception, Feed feed, string account);

    [LoggerMessage(LogLevel.Warning, "Feed {Feed} of account {Account} is not available; it will continue from its cursor: {Reason}")]
    public static partial void FeedAway(this ILogger logger, Feed feed, string account, string reason);

    [LoggerMessage(LogLevel.Information, "Feed {Feed} of account {Account} is read by another process as well")]
    public static partial void CursorMovedElsewhere(this ILogger logger, Feed feed, string account);

    [LoggerMessage(LogLevel.Warning, "Segment {SegmentId} of account {Account} could not be looked at; who came in is found at the next look")]
    public static partial void SegmentNotSeen(this ILogger logger, Exception exception, Guid segmentId, string account);

    [LoggerMessage(LogLevel.Warning, "Segments could not be looked at; who came in is found at the next look")]
    public static partial void SegmentsNotSeen(this ILogger logger, Exception exception);
}
