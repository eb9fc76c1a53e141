using Crm.Workflows.V1;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Definitions;

/// <summary>
/// Finds ways by which published workflows could start one another without end. An effect of one workflow (a tag added or removed, an
/// opportunity moved, a step to another workflow) leads to each workflow that a trigger starts on it.
/// </summary>
internal static class LoopSearch
{
    /// <summary>Finds, for each effect of <paramref name="workflow"/>, the shortest way back to it.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<Workflow> others, Workflow workflow)
    {
        var all = others.Append(workflow).ToList();
        return [.. Links(workflow, all).Select(link => Shortest(link, workflow, all)).OfType<string>().Distinct()];
    }

    private static string? Shortest(Link first, Workflow goal, List<Workflow> all)
    {
        var open = new Queue<(Workflow At, string Path)>();
        var seen = new HashSet<string>();
        open.Enqueue((first.To, $"{goal.Name} > {first.Label} > {first.To.Name}"));
        while (open.TryDequeue(out var way))
        {
            if (way.At == goal)
            {
                return way.Path;
            }

            foreach (var link in seen.Add(way.At.WorkflowId) ? Links(way.At, all) : [])
            {
                open.Enqueue((link.To, $"{way.Path} > {link.Label} > {link.To.Name}"));
            }
        }

        return null;
    }

    private static IEnumerable<Link> Links(Workflow from, List<Workflow> all) =>
        from node in @from.Definition.Nodes
        from to in all
        let label = Label(node, to)
        where label is not null
        select new Link(label, to);

    private static string? Label(Node node, Workflow to) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag when Starts(to, t => TriggerMatch.OnTag(t, TagTrigger.Types.Change.Added, node.AddTag.TagId, node.AddTag.Tag)) =>
            $"tag \"{node.AddTag.Tag}\" added",
        Node.ActionOneofCase.RemoveTag when Starts(to, t => TriggerMatch.OnTag(t, TagTrigger.Types.Change.Removed, node.RemoveTag.TagId, node.RemoveTag.Tag)) =>
            $"tag \"{node.RemoveTag.Tag}\" removed",
        Node.ActionOneofCase.MoveOpportunity when Starts(to, t => TriggerMatch.OnStage(t, node.MoveOpportunity.StageId)) =>
            $"opportunity in \"{node.MoveOpportunity.Stage}\"",
        Node.ActionOneofCase.GoToWorkflow when node.GoToWorkflow.WorkflowId == to.WorkflowId => "go to workflow",
        _ => null,
    };

    private static bool Starts(Workflow workflow, Func<Trigger, bool> matches) => workflow.Definition.Triggers.Any(matches);

    private sealed record Link(string Label, Workflow To);
}
