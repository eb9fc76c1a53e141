namespace TagSegments.Segments.Evaluation;

internal static partial class EvaluationLog
{
    [LoggerMessage(
        EventId = 202,
        Level = LogLevel.Critical,
        Message = "Index and SQL disagree in account {AccountId} at position {Position}: {Missing} missing, {Surplus} too many, filter {Filter}")]
    public static partial void ShadowMismatch(
        this ILogger logger, int accountId, long position, int missing, int surplus, Crm.Segments.V1.Filter filter);
}
