using Crm.Common.V1;
using Grpc.Core;

namespace TagSegments.Tags.Changes;

/// <summary>The cause and actor of a change, as the change logs keep them. Causes without a workflow chain are equal if their values are equal.</summary>
internal sealed record ChangeCause(
    Cause.Types.Kind Kind,
    string Actor,
    string Id = "",
    string Detail = "",
    string[]? WorkflowChain = null,
    bool SkipWorkflows = false)
{
    /// <summary>The workflows that led to the change, in the form of the log column.</summary>
    public string[] Chain => WorkflowChain ?? [];

    /// <summary>The values of one cause as parameters: kind, id, detail, chain, actor, skip_workflows. Empty texts stand for NULL.</summary>
    public object[] Values => [(short)Kind, Id, Detail, ChainText, Actor, SkipWorkflows];

    private string ChainText => string.Join('\n', Chain);

    /// <summary>The values of many causes, one array per column.</summary>
    public static object[] Columns(IReadOnlyCollection<ChangeCause> causes) =>
    [
        causes.Select(cause => (short)cause.Kind).ToArray(),
        causes.Select(cause => cause.Id).ToArray(),
        causes.Select(cause => cause.Detail).ToArray(),
        causes.Select(cause => cause.ChainText).ToArray(),
        causes.Select(cause => cause.Actor).ToArray(),
        causes.Select(cause => cause.SkipWorkflows).ToArray(),
    ];

    /// <summary>
    /// Reads the cause named by a request; a missing one is a user's, or <paramref name="defaultKind"/>. Only services can name another one:
    /// what a workflow or a campaign did must be true.
    /// </summary>
    public static ChangeCause FromProto(
        Cause? cause, ServerCallContext context, bool skipWorkflows, Cause.Types.Kind defaultKind = Cause.Types.Kind.User)
    {
        cause ??= new Cause();
        var isOwn = cause.WorkflowChain.Count == 0 && (cause.Kind is Cause.Types.Kind.Unspecified or Cause.Types.Kind.User || cause.Kind == defaultKind);
        new FieldChecks()
            .Require(Enum.IsDefined(cause.Kind), "cause.kind", "is not a known kind")
            .Require(isOwn || context.MayNameCauses(), "cause.kind", "can be named by the services only: leave it out")
            .Require(cause.Id.Length <= 100, "cause.id", "is longer than 100 characters")
            .Require(cause.Detail.Length <= 200, "cause.detail", "is longer than 200 characters")
            .Require(!cause.Id.Contains('\0') && !cause.Detail.Contains('\0'), "cause", "contains the character U+0000")
            .Require(cause.WorkflowChain.Count <= 32, "cause.workflow_chain", "has more than 32 entries")
            .Require(cause.WorkflowChain.All(IsChainEntry), "cause.workflow_chain", "has an empty entry, an over-long entry or one with control characters")
            .ThrowIfAny();

        var kind = cause.Kind == Cause.Types.Kind.Unspecified ? defaultKind : cause.Kind;
        string[]? chain = cause.WorkflowChain.Count == 0 ? null : [.. cause.WorkflowChain];
        return new(kind, context.Principal(), cause.Id, cause.Detail, chain, skipWorkflows);
    }

    /// <summary>Returns the cause as events carry it.</summary>
    public Cause ToProto() => new() { Kind = Kind, Id = Id, Detail = Detail, WorkflowChain = { Chain } };

    private static bool IsChainEntry(string entry) => entry.Length is > 0 and <= 100 && !entry.Any(char.IsControl);
}
