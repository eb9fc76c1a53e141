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
    private const int MaxLoops = 100;

    private readonly SegmentEffects _effects = new(segments, tagNames);

    /// <summary>Finds, for each effect of <paramref name="workflow"/>, the shortest way back to it; of more than 100 such loops, some.</summary>
    public IReadOnlyList<string> Find(IReadOnlyList<Workflow> others, Workflow workflow, CancellationToken ct)
    {
        var all = others.Append(workflow).ToList();
        var ways = new WaysBack(workflow, from => Links(from, all, ct));
        return [.. Links(workflow, all, ct)
            .Select(link => ways.From(link.To) is { } way ? $"{workflow.Name} > {link.Label} > {way}" : null)
            .OfType<string>().Distinct().Take(MaxLoops)];
    }

    // An account may have many workflows of many nodes, and nobody waits for the answer any more after the end of the call.
    private IEnumerable<Link> Links(Workflow from, List<Workflow> all, CancellationToken ct)
    {
        foreach (var node in from.Definition.Nodes)
        {
            foreach (var to in all)
            {
                ct.ThrowIfCancellationRequested();
                if (Label(node, to) is { } label)
                {
                    yield return new Link(label, to);
                }
            }
        }
    }

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

    /// <summary>The shortest ways to one workflow. What each workflow leads to is looked up once.</summary>
    private sealed class WaysBack(Workflow goal, Func<Workflow, IEnumerable<Link>> links)
    {
        private readonly Dictionary<string, string?> _ways = [];
        private readonly Dictionary<string, List<Link>> _links = [];

        /// <summary>Gets the shortest way from a workflow, or null if none leads back.</summary>
        public string? From(Workflow start)
        {
            if (!_ways.TryGetValue(start.WorkflowId, out var way))
            {
                _ways[start.WorkflowId] = way = Shortest(start);
            }

            return way;
        }

        private string? Shortest(Workflow start)
        {
            var open = new Queue<(Workflow At, string Path)>([(start, start.Name)]);
            var seen = new HashSet<string>();
            while (open.TryDequeue(out var way))
            {
                if (way.At.WorkflowId == goal.WorkflowId)
                {
                    return way.Path;
                }

                foreach (var link in seen.Add(way.At.WorkflowId) ? LinksFrom(way.At) : [])
                {
                    open.Enqueue((link.To, $"{way.Path} > {link.Label} > {link.To.Name}"));
                }
            }

            return null;
        }

        // Of several links to the same workflow, the way goes over the first.
        private List<Link> LinksFrom(Workflow from)
        {
            if (!_links.TryGetValue(from.WorkflowId, out var found))
            {
                _links[from.WorkflowId] = found = [.. links(from).DistinctBy(link => link.To.WorkflowId)];
            }

            return found;
        }
    }
}
