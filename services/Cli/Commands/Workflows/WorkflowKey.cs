using System.CommandLine;
using Crm.Workflows.V1;
using Google.Protobuf.Reflection;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a workflow, by its name or id, a run, and the states of runs.</summary>
internal static class WorkflowKey
{
    private static EnumDescriptor States => Run.Descriptor.FindFieldByName("state").EnumType;

    public static Argument<string> Argument() => new("workflow") { Description = "The workflow's name or id." };

    public static Argument<string> RunArgument() => new("run") { Description = "The run's id, as `workflows runs` shows it." };

    public static async Task<Workflow> GetAsync(Session session, string key, CancellationToken ct, int version = 0)
    {
        var request = new GetWorkflowRequest { Account = session.RequireAccount(), Version = version };
        if (Guid.TryParse(key, out _))
            request.WorkflowId = key;
        else
            request.Name = key;
        return (await session.Services.Workflows.GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
    }

    /// <summary>Writes a state as the command line has it: <c>loop_stopped</c>.</summary>
    public static string Word(Run.Types.State state) => States.FindValueByNumber((int)state)!.Name["STATE_".Length..].ToLowerInvariant();

    /// <summary>Reads a state as it is written or as tables show it; null if it is none.</summary>
    public static Run.Types.State? State(string word) =>
        Enum.TryParse<Run.Types.State>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var state)
            && Enum.IsDefined(state) && state is not Run.Types.State.Unspecified
            ? state
            : null;

    public static IEnumerable<string> StateWords => Enum.GetValues<Run.Types.State>().Skip(1).Select(Word);
}
