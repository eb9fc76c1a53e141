using System.Globalization;
using Google.Rpc;
using Grpc.Core;

namespace TagSegments.WebConsole.Calls;

/// <summary>An error as a person sees it: what the service said, its machine-readable reason, and the fields that it names.</summary>
public sealed record Problem(string Reason, string Message)
{
    /// <summary>The fields that are wrong, with what is wrong.</summary>
    public IReadOnlyList<(string Field, string Description)> Fields { get; init; } = [];

    /// <summary>The place of the fault in a filter written as text, counted from 0; null if the fault has none.</summary>
    public int? Position { get; init; }

    /// <summary>What the service added, such as the permission that lacks.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the error of a call; null for a defect of the console, which then shows.</summary>
    public static Problem? From(Exception exception) => exception switch
    {
        RpcException rpc => From(rpc),
        OperationCanceledException => new("CALL_CANCELLED", exception.Message),
        _ => null,
    };

    private static Problem From(RpcException exception)
    {
        var status = exception.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        var details = info?.Metadata.ToDictionary() ?? [];
        return new(info?.Reason ?? ReasonOf(exception.StatusCode), exception.Status.Detail)
        {
            Details = details,
            Fields = status?.GetDetail<BadRequest>()?.FieldViolations.Select(violation => (violation.Field, violation.Description)).ToList() ?? [],
            Position = details.TryGetValue("position", out var position) ? int.Parse(position, CultureInfo.InvariantCulture) : null,
        };
    }

    // A call that reached no service has no reason.
    private static string ReasonOf(StatusCode code) => code switch
    {
        StatusCode.Unauthenticated => "UNAUTHENTICATED",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DeadlineExceeded => "CALL_DEADLINE",
        _ => "INTERNAL",
    };
}
