using Crm.Workflows.V1;
using Change = Crm.Workflows.V1.TagTrigger.Types.Change;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Finds loops by brute force and without a line of the service: which workflow starts which, and the closure of that.</summary>
internal static class LoopOracle
{
    /// <summary>Whether a workflow could start itself again, over others or not.</summary>
    public static bool IsInLoop(IReadOnlyList<Workflow> all, Workflow workflow)
    {
        var reaches = all.Select(from => all.Select(to => Starts(from, to)).ToArray()).ToArray();
        for (var via = 0; via < all.Count; via++)
        {
            for (var from = 0; from < all.Count; from++)
            {
                for (var to = 0; to < all.Count; to++)
                {
                    reaches[from][to] |= reaches[from][via] && reaches[via][to];
                }
            }
        }

        var at = all.ToList().IndexOf(workflow);
        return reaches[at][at];
    }

    /// <summary>Whether a change of a tag starts a workflow.</summary>
    public static bool Starts(int tagId, bool added, Workflow workflow) => workflow.Definition.Triggers.Any(trigger =>
        (trigger.Tag.Change != Change.Removed) == added
        && (trigger.Tag.Any
            || trigger.Tag.TagIds.Contains(tagId)
            || (trigger.Tag.NamePrefix != "" && RandomWorkflows.TagName(tagId).StartsWith(trigger.Tag.NamePrefix, StringComparison.Ordinal))));

    private static bool Starts(Workflow from, Workflow to) => from.Definition.Nodes.Any(node =>
        node.GoToWorkflow?.WorkflowId == to.WorkflowId
        || (node.AddTag is not null && Starts(node.AddTag.TagId, true, to))
        || (node.RemoveTag is not null && Starts(node.RemoveTag.TagId, false, to)));
}
