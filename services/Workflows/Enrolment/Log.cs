namespace TagSegments.Workflows.Enrolment;

/// <summary>The log messages of enrolment.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "The clock of {Clock} cannot be followed; all accounts are checked when it can: {Reason}")]
    public static partial void ClocksAway(this ILogger logger, Exception? exception, Clock clock, string reason);

    [LoggerMessage(LogLevel.Information, "Feed {Feed} of account {Account} is read by another process as well")]
    public static partial void CursorMovedElsewhere(this ILogger logger, Feed feed, string account);

    [LoggerMessage(LogLevel.Warning, "Segment {SegmentId} of account {Account} could not be looked at; who came in is found at the next look")]
    public static partial void SegmentNotSeen(this ILogger logger, Exception exception, Guid segmentId, string account);

    [LoggerMessage(LogLevel.Warning, "Segments could not be looked at; who came in is found at the next look")]
    public static partial void SegmentsNotSeen(this ILogger logger, Exception exception);
}
