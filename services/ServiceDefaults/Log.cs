using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Unexpected error in {Method}")]
    public static partial void UnexpectedError(this ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Database unavailable in {Method}")]
    public static partial void DatabaseUnavailable(this ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Conflict in {Method}")]
    public static partial void DatabaseConflict(this ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Auth:Mode is off: every caller may do everything")]
    public static partial void AuthIsOff(this ILogger logger);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "Calls were refused, by account and quota: {Refused}")]
    public static partial void CallsRefused(this ILogger logger, string refused);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "{Service} failed; it tries again")]
    public static partial void BackgroundWorkFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "The use of API key {KeyId} of account {Account} could not be noted")]
    public static partial void KeyUseNotNoted(this ILogger logger, Exception exception, int keyId, string account);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "{Table}: {Changed} secrets were sealed anew as {Mark}, {Kept} could not be opened")]
    public static partial void SecretsRotated(this ILogger logger, string table, int changed, string mark, int kept);

    [LoggerMessage(EventId = 9, Level = LogLevel.Error, Message = "{Table}: {Problem}")]
    public static partial void SecretStaysSealed(this ILogger logger, string table, string problem);

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "A renewed certificate is used, valid until {ValidUntil:u}")]
    public static partial void CertificateRenewed(this ILogger logger, DateTime validUntil);

    [LoggerMessage(EventId = 11, Level = LogLevel.Error, Message = "The renewed certificate {File} cannot be used, the former one stays: {Problem}")]
    public static partial void CertificateUnusable(this ILogger logger, string file, string problem);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "Everything of account {AccountId} is erased here")]
    public static partial void AccountErased(this ILogger logger, int accountId);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "The outcome of {Call} is not in the log of administrators: {Outcome}")]
    public static partial void OutcomeNotLogged(this ILogger logger, Exception exception, string call, string outcome);

    [LoggerMessage(EventId = 14, Level = LogLevel.Error, Message = "The certificate of the service {Service} is refused: {Problem}")]
    public static partial void ServiceNotTrusted(this ILogger logger, string service, CertificateProblem problem);

    [LoggerMessage(EventId = 15, Level = LogLevel.Information, Message = "{Method} ended before its answer: {Reason}")]
    public static partial void CallEnded(this ILogger logger, string method, string reason);

    [LoggerMessage(EventId = 16, Level = LogLevel.Warning, Message = "A statement of {Method} took too long or was stopped")]
    public static partial void StatementTimeout(this ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 17, Level = LogLevel.Error, Message = "The database lacks memory or space for {Method}")]
    public static partial void DatabaseExhausted(this ILogger logger, Exception exception, string method);

    [LoggerMessage(EventId = 18, Level = LogLevel.Information, Message = "A stream was stuck and answers again (dotnet/aspnetcore 53736)")]
    public static partial void StreamWasStuck(this ILogger logger);
}
