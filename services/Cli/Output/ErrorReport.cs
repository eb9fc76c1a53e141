using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Cli.Output;

/// <summary>An error as the user sees it: one line with the problem, one line with what to do.</summary>
internal sealed record ErrorReport(string Message, string Hint, int ExitCode)
{
    public string Code { get; init; } = "";

    public string Reason { get; init; } = "";

    public IReadOnlyList<BadRequest.Types.FieldViolation> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Creates the report of an error of the user or a server; null for a defect of this program, which then crashes.</summary>
    public static ErrorReport? From(Exception exception, CancellationToken ct) => exception switch
    {
        RpcException or OperationCanceledException when ct.IsCancellationRequested => new("Stopped.", "Repeat the command to continue.", Cli.ExitCode.Interrupted),
        RpcException { Status.DebugException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } e } => new(
            $"A service cannot be trusted: {(e.InnerException ?? e).Message}",
            "Check its address, and name the PEM file of its authority with --ca if the machine does not know it.",
            Cli.ExitCode.Unreachable),
        RpcException rpc => From(rpc),
        CliError own => new(own.Message, own.Hint, own.ExitCode),
        InvalidDataException => new($"The archive is damaged or encrypted: {exception.Message}", "Unpack it with another program, and name the files in it.", Cli.ExitCode.Usage),
        IOException or UnauthorizedAccessException => new(exception.Message, "Check the path and its permissions.", Cli.ExitCode.Usage),
        _ => null,
    };

    public void WriteTo(TextWriter writer, bool json)
    {
        if (json)
        {
            writer.WriteLine(ProtoJson.Line(new JsonObject { ["error"] = ToJson() }));
            return;
        }
        writer.WriteLine($"error: {Message}{FieldList()}");
        writer.WriteLine($"what to do: {Hint}");
    }

    private static ErrorReport From(RpcException exception)
    {
        var status = exception.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        var reason = info?.Reason ?? "";
        var metadata = info?.Metadata.ToDictionary() ?? [];
        return new(MessageOf(exception), Hints.For(exception.StatusCode, reason, metadata), ExitCodeOf(exception.StatusCode))
        {
            Code = exception.StatusCode.ToString(),
            Reason = reason,
            Fields = status?.GetDetail<BadRequest>()?.FieldViolations.ToList() ?? [],
            Metadata = metadata,
        };
    }

    // The detail is a chain of exception names; the first one's message names the address.
    private static string MessageOf(RpcException exception) =>
        exception.Status.DebugException is { } cause && exception.StatusCode == StatusCode.Unavailable
            ? $"A service cannot be reached: {cause.Message}"
            : exception.Status.Detail;

    private static int ExitCodeOf(StatusCode code) =>
        code is StatusCode.Unavailable or StatusCode.DeadlineExceeded ? Cli.ExitCode.Unreachable : Cli.ExitCode.Refused;

    // A message that already names its fields does not repeat them.
    private string FieldList()
    {
        var news = Fields.Where(f => !Message.Contains(f.Description, StringComparison.Ordinal)).Select(f => $"{f.Field}: {f.Description}").ToList();
        return news is [] ? "" : $" ({string.Join("; ", news)})";
    }

    private JsonObject ToJson()
    {
        var json = new JsonObject { ["message"] = Message, ["hint"] = Hint, ["exit_code"] = ExitCode };
        if (Code is not "")
            json["code"] = Code;
        if (Reason is not "")
            json["reason"] = Reason;
        if (Metadata.Count > 0)
            json["metadata"] = new JsonObject(Metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
        if (Fields.Count > 0)
            json["fields"] = new JsonArray(Fields.Select(f => (JsonNode?)new JsonObject { ["field"] = f.Field, ["description"] = f.Description }).ToArray());
        return json;
    }
}
