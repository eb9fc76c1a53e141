using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>The nodes of a definition and the ways between them.</summary>
internal static class DefinitionGraph
{
    /// <summary>The nodes that no run can reach.</summary>
    public static IReadOnlySet<string> Unreachable(Definition definition)
    {
        var nodes = definition.Nodes.DistinctBy(node => node.Id).ToDictionary(node => node.Id);
        var unreached = nodes.Keys.ToHashSet();
        var open = new Stack<string>(definition.Nodes.Take(1).Select(node => node.Id));
        while (open.TryPop(out var id))
        {
            if (unreached.Remove(id))
            {
                foreach (var (_, target) in NodeFacts.Of(nodes[id]).Ways.Where(way => nodes.ContainsKey(way.Target)))
                {
                    open.Push(target);
                }
            }
        }

        return unreached;
    }

    /// <summary>Finds a circle on which a run would never wait, as node ids; null if there is none.</summary>
    public static IReadOnlyList<string>? CircleWithoutWait(Definition definition)
    {
        var nodes = definition.Nodes.DistinctBy(node => node.Id).ToDictionary(node => node.Id);
        var done = new HashSet<string>();
        var way = new List<string>();
        return definition.Nodes.Select(node => Circle(node.Id, nodes, way, done)).FirstOrDefault(circle => circle is not null);
    }

    private static List<string>? Circle(string id, Dictionary<string, Node> nodes, List<string> way, HashSet<string> done)
    {
        if (way.IndexOf(id) is var start and >= 0)
        {
            return [.. way[start..], id];
        }

        if (!nodes.TryGetValue(id, out var node) || node.ActionCase is Node.ActionOneofCase.Wait || !done.Add(id))
        {
            return null;
        }

        way.Add(id);
        foreach (var (_, target) in NodeFacts.Of(node).Ways)
        {
            if (Circle(target, nodes, way, done) is { } circle)
            {
                return circle;
            }
        }

        way.RemoveAt(way.Count - 1);
        return null;
    }
}
