using System.CommandLine;
using System.Text.RegularExpressions;
using Crm.Workflows.V1;
using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>A workflow in a YAML file. What is wrong with it is shown as compilers do: file, line, column, path.</summary>
internal static partial class WorkflowFile
{
    public static Argument<string> Argument() => new("file") { Description = "The workflow as YAML, or - for standard input." };

    /// <summary>Reads and resolves the file, then goes on with what the service made of it.</summary>
    public static async Task<int> WithAsync(Session session, string path, Func<string, ParseWorkflowResponse, Task> next, CancellationToken ct)
    {
        var yaml = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        try
        {
            var request = new ParseWorkflowRequest { Account = session.RequireAccount(), Yaml = yaml };
            await next(yaml, await session.Services.Workflows.ParseWorkflowAsync(request, cancellationToken: ct));
            return ExitCode.Done;
        }
        catch (RpcException e) when (!session.Report.IsJson && e.StatusCode is StatusCode.InvalidArgument && FaultsOf(e) is { Count: > 0 } faults)
        {
            foreach (var fault in faults)
                session.Report.Note($"{path}{Place(fault)}");
            session.Report.Note($"{faults.Count} {(faults.Count == 1 ? "fault" : "faults")}; nothing was changed.");
            return ExitCode.Refused;
        }
    }

    private static List<BadRequest.Types.FieldViolation> FaultsOf(RpcException e) =>
        [.. e.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations ?? []];

    private static string Place(BadRequest.Types.FieldViolation fault) => LineAndColumn().Match(fault.Description) is { Success: true } at
        ? $":{at.Groups[1].Value}:{at.Groups[2].Value}: {fault.Field}: {fault.Description[at.Length..]}"
        : $": {fault.Field}: {fault.Description}";

    [GeneratedRegex("^line ([0-9]+), column ([0-9]+): ")]
    private static partial Regex LineAndColumn();
}
