using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Code = Google.Rpc.Code;
using Status = Google.Rpc.Status;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Creates the errors that services return: a canonical status with <c>ErrorInfo</c> and, for fields, <c>BadRequest</c>.</summary>
public static class RpcErrors
{
    /// <summary>The domain of every <c>ErrorInfo</c>.</summary>
    public const string Domain = "tagsegments";

    /// <summary>How many fields one error names.</summary>
    internal const int MaxViolations = 10;

    /// <summary>Creates an error with a machine-readable reason and its metadata.</summary>
    public static RpcException Create(
        StatusCode code, ErrorReason reason, string message, params (string Key, string Value)[] metadata) =>
        Build(code, reason, message, [], metadata);

    /// <summary>Creates an INVALID_ARGUMENT for one field, given by its path.</summary>
    public static RpcException InvalidField(string field, string description) =>
        InvalidFields(ErrorReason.InvalidField, $"{field}: {description}", [(field, description)]);

    /// <summary>Creates an INVALID_ARGUMENT for several fields, given by their paths.</summary>
    public static RpcException InvalidFields(
        ErrorReason reason,
        string message,
        IEnumerable<(string Field, string Description)> violations,
        params (string Key, string Value)[] metadata) =>
        Build(StatusCode.InvalidArgument, reason, message, violations, metadata);

    /// <summary>Creates a NOT_FOUND for a resource that does not exist in the account.</summary>
    public static RpcException NotFound(string resource, string id) =>
        Create(StatusCode.NotFound, ErrorReason.NotFound, $"There is no {resource} {id}.", ("resource", resource), ("id", id));

    /// <summary>Creates an ALREADY_EXISTS for a name or key that is taken, by <paramref name="id"/> if known.</summary>
    public static RpcException AlreadyExists(string resource, string name, string id = "") =>
        Create(
            StatusCode.AlreadyExists,
            ErrorReason.AlreadyExists,
            $"The {resource} \"{name}\" already exists.",
            ("resource", resource),
            ("name", name),
            ("id", id));

    /// <summary>Creates an ABORTED for a change based on a version that is no longer current.</summary>
    public static RpcException VersionMismatch(string resource, string id, long version) =>
        Create(
            StatusCode.Aborted,
            ErrorReason.VersionMismatch,
            $"The {resource} {id} has changed; its version is now {version}. Read it again and retry.",
            ("resource", resource),
            ("id", id),
            ("version", version.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Creates a RESOURCE_EXHAUSTED for a limit of one account or caller, by the name that the limit has in <c>AccountLimits</c>.</summary>
    public static RpcException QuotaExceeded(string quota, long limit, string message, TimeSpan retryAfter) =>
        Build(
            StatusCode.ResourceExhausted,
            ErrorReason.QuotaExceeded,
            message,
            [],
            [("quota", quota), ("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture))],
            new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = quota, Description = Shorten(message, 400) } } },
            new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    /// <summary>Creates an OUT_OF_RANGE for what is older than the history that is kept, which begins at <paramref name="earliest"/>, in UTC.</summary>
    public static RpcException HistoryMissing(string message, DateTime earliest)
    {
        var begin = earliest.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return Create(StatusCode.OutOfRange, ErrorReason.HistoryMissing, $"{message}: the history of the account begins at {begin}.", ("earliest", begin));
    }

    /// <summary>Checks whether a service failed a call for a reason.</summary>
    public static bool IsFor(this RpcException error, ErrorReason reason) =>
        error.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: Domain } info && info.Reason == ReasonName(reason);

    private static RpcException Build(
        StatusCode code,
        ErrorReason reason,
        string message,
        IEnumerable<(string Field, string Description)> violations,
        (string Key, string Value)[] metadata,
        params IEnumerable<IMessage> details)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = ReasonName(reason) };
        foreach (var (key, value) in metadata.Where(entry => entry.Value.Length > 0))
        {
            info.Metadata[key] = Shorten(value, 1_000);
        }

        var status = new Status { Code = (int)code, Message = Shorten(message, 400), Details = { Any.Pack(info) } };
        var bad = new BadRequest();
        bad.FieldViolations.AddRange(violations.Take(MaxViolations).Select(v =>
            new BadRequest.Types.FieldViolation { Field = Shorten(v.Field, 200), Description = Shorten(v.Description, 400) }));
        if (bad.FieldViolations.Count > 0)
        {
            status.Details.Add(Any.Pack(bad));
        }

        if (code is StatusCode.Unavailable || reason is ErrorReason.Overloaded)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }));
        }

        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }

    // Errors repeat values of the request and travel as HTTP headers. A header that is too long ends the connection with all other calls on it.
    private static string Shorten(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        // Half a surrogate pair is not valid text.
        return $"{text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)]}…";
    }

    // ERROR_REASON_NOT_FOUND is sent as NOT_FOUND: protobuf requires the prefix, google.rpc.ErrorInfo does not.
    private static string ReasonName(ErrorReason reason) =>
        ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason)!.Name["ERROR_REASON_".Length..];
}
