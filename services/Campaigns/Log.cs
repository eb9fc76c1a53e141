namespace TagSegments.Campaigns;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Service} failed; it tries again")]
    public static partial void BackgroundWorkFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Campaign {CampaignId}: audience of {Total} frozen")]
    public static partial void AudienceFrozen(this ILogger logger, Guid campaignId, int total);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Campaign {CampaignId} cannot be sent: {Problem}")]
    public static partial void CampaignFailed(this ILogger logger, Guid campaignId, string problem);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
        Message = "The mail server {Host}:{Port} cannot be used ({Problem}): {Connections} connections and {Messages} messages wait; next try in {Pause}")]
    public static partial void MailServerUnavailable(
        this ILogger logger, string host, int port, string problem, int connections, int messages, TimeSpan pause);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "The mail server {Host}:{Port} can be used again")]
    public static partial void MailServerAvailable(this ILogger logger, string host, int port);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Campaign {CampaignId}: the A/B test is decided, {Decision}")]
    public static partial void VariantChosen(this ILogger logger, Guid campaignId, string decision);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "Too much to record: dropped {Kind}")]
    public static partial void ActivityDropped(this ILogger logger, Crm.Activity.V1.Activity.Types.Kind kind);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "{Count} batches of stopped senders were put right")]
    public static partial void BatchesRecovered(this ILogger logger, int count);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "{Count} batches were lost to another sender")]
    public static partial void BatchesLost(this ILogger logger, int count);

    [LoggerMessage(EventId = 9, Level = LogLevel.Warning, Message = "There can be no journal in {Folder}: messages leave one by one")]
    public static partial void NoJournal(this ILogger logger, Exception exception, string folder);

    [LoggerMessage(EventId = 11, Level = LogLevel.Error, Message = "The database is not the one that this machine sent from last: all campaigns are paused")]
    public static partial void DatabaseRestored(this ILogger logger);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "The journal of a stopped sender had {Count} messages")]
    public static partial void JournalReplayed(this ILogger logger, int count);

    [LoggerMessage(EventId = 13, Level = LogLevel.Warning, Message = "Tag {TagId} was created for a campaign that was not written, and stays")]
    public static partial void TagLeftBehind(this ILogger logger, Exception exception, int tagId);

    [LoggerMessage(EventId = 14, Level = LogLevel.Warning, Message = "The sender domain {Domain} of account {AccountId} has lost its record and counts no longer")]
    public static partial void SenderDomainLost(this ILogger logger, string domain, int accountId);
}
