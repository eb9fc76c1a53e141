using Crm.Workflows.V1;

namespace TagSegments.Workflows.Execution;

/// <summary>Carries out one kind of action for a run. A second call for the same step must change nothing more.</summary>
internal interface INodeAction
{
    /// <summary>The kinds of nodes that it carries out.</summary>
    IReadOnlyList<Node.ActionOneofCase> Kinds { get; }

    Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct);
}

/// <summary>The result of an action: done, or skipped because there was nothing to do or it was not allowed.</summary>
internal sealed record ActionOutcome(string Detail, bool IsSkipped = false);
