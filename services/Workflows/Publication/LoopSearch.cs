using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Publication;

/// <summary>
/// Finds ways in which published workflows could start one another without end. An effect of one workflow (a tag added or removed, an
/// opportunity moved, a field set, a message sent, a step to another workflow) leads to each workflow that a trigger starts on it, or on the
/// segment that it may bring the contact into. Conditions inside workflows are not read.
/// </summary>
internal sealed class LoopSearch(IReadOnlyDictionary<string, Filter> segments, IReadOnlyDictionary<int, string> tagNames)
{
    private readonly SegmentEffects _effects = new(segments, tagNames);

    /// <summary>Finds, for each effect of <paramref name="workflow"/>, the shortest way back to it.</summary>
    public IReadOnlyList<string> Find(IReadOnlyList<Workflow> others, Workflow workflow)
    {
        var all = others.Append(workflow).ToList();
        return [.. Links(workflow, all).Select(link => Shortest(link, workflow, all)).OfType<string>().Distinct()];
    }

    private string? Shortest(Link first, Workflow goal, List<Workflow> all)
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

    private IEnumerable<Link> Links(Workflow from, List<Workflow> all) =>
        from node in @from.Definition.Nodes
        from to in all
        let label = Label(node, to)
        where label is not null
        select new Link(label, to);

    private string? Label(Node node, Workflow to) => node.GoToWorkflow is { } target
        ? target.WorkflowId == to.WorkflowId ? "go to workflow" : null
        : to.Definition.Triggers.Select(trigger => Label(node, trigger)).OfType<string>().FirstOrDefault();

    private string? Label(Node node, Trigger trigger) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag when OnTag(trigger, TagTrigger.Types.Change.Added, node.AddTag) => $"tag \"{Name(node.AddTag)}\" added",
        Node.ActionOneofCase.RemoveTag when OnTag(trigger, TagTrigger.Types.Change.Removed, node.RemoveTag) =>
            $"tag \"{Name(node.RemoveTag)}\" removed",
        Node.ActionOneofCase.MoveOpportunity when TriggerMatch.OnStage(trigger, node.MoveOpportunity.StageId) =>
            $"opportunity in \"{node.MoveOpportunity.Stage}\"",
        Node.ActionOneofCase.SendMessage when trigger.Activity is { CampaignId: "" } activity && SegmentEffects.IsAutomatic(activity.Kind) =>
            "message sent",
        _ when trigger.SegmentEntered is { } entered && _effects.MayBringIn(node, entered.SegmentId) =>
            $"{NodeFacts.Of(node).Text}, segment \"{entered.Segment}\" entered",
        _ => null,
    };

    private bool OnTag(Trigger trigger, TagTrigger.Types.Change change, TagAction action) =>
        TriggerMatch.OnTag(trigger, change, action.TagId, Name(action));

    // Prefixes match the present name, not the name when the workflow was saved.
    private string Name(TagAction action) => tagNames.GetValueOrDefault(action.TagId, action.Tag);

    private sealed record Link(string Label, Workflow To);
}
