using Crm.Workflows.V1;

namespace TagSegments.WebConsole.Pages.Workflows;

/// <summary>A workflow as a picture: its nodes in layers, each one below all that lead to it, and the ways between them.</summary>
public sealed record WorkflowGraph(IReadOnlyList<WorkflowGraph.Box> Boxes, IReadOnlyList<WorkflowGraph.Way> Ways)
{
    /// <summary>The size of a box and the distance to the next one, in pixels.</summary>
    public const int BoxWidth = 190, BoxHeight = 70, GapX = 28, GapY = 54;

    // Ways back go beside the boxes.
    private const int RoomForLoops = 40;

    /// <summary>A node at its place.</summary>
    public sealed record Box(Node Node, int Layer, int Column)
    {
        /// <summary>The left side.</summary>
        public int X => 10 + Column * (BoxWidth + GapX);

        /// <summary>The upper side.</summary>
        public int Y => 10 + Layer * (BoxHeight + GapY);
    }

    /// <summary>A way from a node to another one, with the condition under which it is taken.</summary>
    public sealed record Way(Box From, Box To, string Label);

    /// <summary>The width of the picture.</summary>
    public int Width => 20 + Boxes.Select(box => box.X + BoxWidth).DefaultIfEmpty(0).Max() + (Ways.Any(way => way.To.Y <= way.From.Y) ? RoomForLoops : 0);

    /// <summary>The height of the picture.</summary>
    public int Height => 20 + Boxes.Select(box => box.Y + BoxHeight).DefaultIfEmpty(0).Max();

    /// <summary>Places the nodes of a definition.</summary>
    public static WorkflowGraph Of(Definition definition)
    {
        var nodes = definition.Nodes.DistinctBy(node => node.Id).ToDictionary(node => node.Id);
        var layers = Layers(definition.Nodes, nodes);
        var columns = new Dictionary<int, int>();
        var boxes = definition.Nodes.DistinctBy(node => node.Id).Select(node =>
        {
            var layer = layers[node.Id];
            columns[layer] = columns.GetValueOrDefault(layer, -1) + 1;
            return new Box(node, layer, columns[layer]);
        }).ToDictionary(box => box.Node.Id);
        var ways = boxes.Values.SelectMany(from => Next(from.Node)
            .Where(next => boxes.ContainsKey(next.Id))
            .Select(next => new Way(from, boxes[next.Id], next.Label)));
        return new(boxes.Values.ToList(), ways.ToList());
    }

    /// <summary>The label of the way that is taken when no condition of a branch is met.</summary>
    public const string Otherwise = "…";

    /// <summary>Lists where a run can go from a node.</summary>
    public static IEnumerable<(string Id, string Label)> Next(Node node)
    {
        IEnumerable<(string, string)> all = node.Branch is { } branch
            ? [.. branch.Branches.Select(way => (way.Next, way.Name)), (branch.Otherwise, Otherwise)]
            : [(node.Next, ""), (node.Wait?.Until?.OnTimeout ?? "", "⏱")];
        return all.Where(next => next.Item1 is not "");
    }

    // The longest way from the first node without going in circles decides the layer; a node that nothing leads to is at the top.
    private static Dictionary<string, int> Layers(IEnumerable<Node> all, Dictionary<string, Node> nodes)
    {
        var layers = nodes.Keys.ToDictionary(id => id, _ => 0);
        var done = new HashSet<string>();
        var order = new List<string>();
        foreach (var node in all)
            Visit(node.Id);
        order.Reverse();
        var places = order.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        foreach (var id in order)
            foreach (var (next, _) in Next(nodes[id]).Where(next => nodes.ContainsKey(next.Id) && places[next.Id] > places[id]))
                layers[next] = Math.Max(layers[next], layers[id] + 1);
        return layers;

        void Visit(string start)
        {
            // Without recursion: a chain may have a thousand nodes.
            var stack = new Stack<(string Id, bool Left)>([(start, false)]);
            while (stack.TryPop(out var step))
            {
                if (step.Left)
                {
                    order.Add(step.Id);
                    continue;
                }

                if (!done.Add(step.Id))
                    continue;

                stack.Push((step.Id, true));
                foreach (var (next, _) in Next(nodes[step.Id]).Where(next => nodes.ContainsKey(next.Id)))
                    stack.Push((next, false));
            }
        }
    }
}
