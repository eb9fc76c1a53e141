using Crm.Segments.V1;
using Crm.Workflows.V1;
using Change = Crm.Workflows.V1.TagTrigger.Types.Change;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Random workflows over few tags, so that they start one another: ping-pong, fan-out, circles of any length.</summary>
internal sealed class RandomWorkflows(int seed, int tags)
{
    private readonly Random _random = new(seed);

    public static string TagName(int tagId) => $"T{tagId}";

    /// <summary>Makes workflows of those ids: each with triggers, and nodes that all can be reached.</summary>
    public IReadOnlyList<Workflow> Make(IReadOnlyList<string> ids) => [.. ids.Select((id, i) => new Workflow
    {
        WorkflowId = id,
        Name = $"W{i + 1}",
        Definition = Definition([.. ids.Where(other => other != id)]),
    })];

    private Definition Definition(string[] others)
    {
        var definition = new Definition();
        for (var i = _random.Next(3); i >= 0; i--)
        {
            definition.Triggers.Add(Trigger());
        }

        var count = _random.Next(1, 5);
        for (var i = 0; i < count; i++)
        {
            definition.Nodes.Add(Node(i, count, others));
        }

        return Reachable(definition);
    }

    private Trigger Trigger()
    {
        var change = _random.Next(2) == 0 ? Change.Added : Change.Removed;
        return new Trigger
        {
            Tag = _random.Next(8) switch
            {
                0 => new() { Change = change, Any = true },
                1 => new() { Change = change, NamePrefix = TagName(_random.Next(1, tags + 1)) },
                _ => new() { Change = change, TagIds = { _random.Next(1, tags + 1) } },
            },
        };
    }

    private Node Node(int i, int count, string[] others)
    {
        // Forward, so that only a wait closes a circle.
        string Later() => i + 1 < count && _random.Next(6) > 0 ? Id(_random.Next(i + 1, count)) : "";
        var node = new Node { Id = Id(i), Next = Later() };
        switch (_random.Next(10))
        {
            case 0 when others.Length > 0:
                node.Next = "";
                node.GoToWorkflow = new() { WorkflowId = others[_random.Next(others.Length)] };
                break;
            case 1:
                node.Wait = new() { Period = new() { Count = 1, Unit = TimeUnit.Day } };
                node.Next = Id(_random.Next(count));
                break;
            case 2:
                var when = new Filter { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { _random.Next(1, tags + 1) } } };
                node.Branch = new() { Branches = { new Branch { When = new() { Filter = when }, Next = Later() } }, Otherwise = node.Next };
                node.Next = "";
                break;
            case < 7:
                node.AddTag = Tag();
                break;
            default:
                node.RemoveTag = Tag();
                break;
        }

        return node;
    }

    private TagAction Tag()
    {
        var tagId = _random.Next(1, tags + 1);
        return new() { TagId = tagId, Tag = TagName(tagId) };
    }

    private static Definition Reachable(Definition definition)
    {
        var unreachable = TagSegments.Workflows.Definitions.DefinitionGraph.Unreachable(definition);
        var nodes = definition.Nodes.Where(node => !unreachable.Contains(node.Id)).ToList();
        definition.Nodes.Clear();
        definition.Nodes.Add(nodes);
        return definition;
    }

    private static string Id(int i) => $"n{i}";
}
