using Crm.Errors.V1;
using Google.Rpc;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using Xunit;

namespace TagSegments.Testing;

/// <summary>The failure of a call, with the details that the service sent.</summary>
public sealed class Failure(RpcException error)
{
    private readonly Google.Rpc.Status? _details = error.GetRpcStatus();

    public StatusCode Status => error.StatusCode;

    public string Message => error.Status.Detail;

    /// <summary>Whether the connection ended before an answer came, so that the failure is the client's own.</summary>
    public bool IsLostConnection => error.Status.DebugException is HttpRequestException or IOException;

    /// <summary>The reason that the service gives; unspecified if it gives none or one that the proto does not name.</summary>
    public ErrorReason Reason =>
        Info is { Domain: RpcErrors.Domain }
            ? (ErrorReason)(ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByName($"ERROR_REASON_{Info.Reason}")?.Number ?? 0)
            : ErrorReason.Unspecified;

    public IReadOnlyDictionary<string, string> Metadata => (IReadOnlyDictionary<string, string>?)Info?.Metadata ?? new Dictionary<string, string>();

    /// <summary>What is wrong with each field.</summary>
    public IReadOnlyList<BadRequest.Types.FieldViolation> Violations => _details?.GetDetail<BadRequest>()?.FieldViolations.ToArray() ?? [];

    /// <summary>The paths of the fields that are wrong.</summary>
    public IReadOnlyList<string> Fields => [.. Violations.Select(violation => violation.Field)];

    /// <summary>How long to wait before the next attempt, if the service says so.</summary>
    public TimeSpan? RetryDelay => _details?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan();

    private ErrorInfo? Info => _details?.GetDetail<ErrorInfo>();

    /// <summary>Expects a status and a reason, because of these fields if any are given. Only INVALID_ARGUMENT names fields.</summary>
    public Failure Is(StatusCode status, ErrorReason reason, params string[] fields)
    {
        Assert.Equal((status, reason), (Status, Reason));
        if (fields.Length > 0 || status is not StatusCode.InvalidArgument)
        {
            Assert.Equal(fields, Fields);
        }

        return this;
    }

    public override string ToString() => $"{Status} {Reason}: {Message}";
}
