using Crm.Workflows.V1;

namespace TagSegments.Workflows.Execution;

/// <summary>Carries out one kind of action for a run. It may be called again for the same step and must then change nothing more.</summary>
internal interface INodeAction
{
    /// <summary>The kinds of nodes that it carries out.</summary>
    IReadOnlyList<Node.ActionOneofCase> Kinds { get; }

    Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct);
}

/// <summary>What an action came to: done, or skipped because there was nothing to do or it was not allowed.</summary>
internal sealed record ActionOutcome(string Detail, bool IsSkipped = false);
