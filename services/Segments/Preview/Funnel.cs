using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Windows;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Preview;

/// <summary>
/// Counts for every node of a filter the contacts that it is true for, and for members of a group how far the group has come with them. All
/// of it chunk by chunk: no node's contacts are kept for longer than the chunk.
/// </summary>
internal sealed class Funnel
{
    private readonly MatchSet _matches;
    private readonly FilterContext _context;
    private readonly FilterCatalog _names;
    private readonly List<Step> _steps = [];
    private readonly HashSet<string> _segments = [];

    private Funnel(MatchSet matches, FilterContext context, FilterCatalog names) =>
        (_matches, _context, _names) = (matches, context, names);

    /// <summary>Counts the nodes of a filter that was planned apart, and writes them with some names.</summary>
    public static FunnelNode Count(MatchSet matches, FilterContext context, FilterCatalog names)
    {
        var funnel = new Funnel(matches, context, names);
        var root = funnel.Node(new FilterNode(matches.Filter, "filter"));
        funnel.Run();
        foreach (var step in funnel._steps)
        {
            step.Store(step.Count);
        }

        return root;
    }

    private FunnelNode Node(FilterNode place)
    {
        var filter = place.Filter;
        var node = new FunnelNode
        {
            Text = FilterPrinter.Print(filter, _names),
            Path = place.Path,
            Windows = { WindowBounds.Of(filter, _context.Catalog, _context.Windows) },
        };
        var step = new Step(_matches.NodeOf(filter), count => node.Count = count);
        var members = Members(place).Select(member => (member.Filter, Node: Node(member))).ToList();
        node.Members.AddRange(members.Select(member => member.Node));
        _steps.Add(step);
        if (filter.KindCase is Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf)
        {
            AddRunning(filter.KindCase, members);
        }

        return node;
    }

    // A segment that is met again is not counted again.
    private IEnumerable<FilterNode> Members(FilterNode node)
    {
        if (ClauseFacts.Of(node.Filter).SegmentId is not { Length: > 0 } segmentId)
        {
            return node.Members();
        }

        return _segments.Add(segmentId) ? [new FilterNode(_matches.State.Definitions[segmentId].Filter, "filter")] : [];
    }

    private void AddRunning(Filter.KindOneofCase group, List<(Filter Filter, FunnelNode Node)> members)
    {
        ChunkNode? sofar = null;
        foreach (var (filter, node) in members)
        {
            var own = _matches.NodeOf(filter);
            sofar = new ChunkNode(
                sofar is null ? own
                : group == Filter.KindOneofCase.AllOf ? new AndNode([sofar, own])
                : new OrNode([sofar, own]));
            _steps.Add(new Step(sofar, count => node.RunningCount = count));
        }
    }

    private void Run()
    {
        using var living = ChunkBuffers.Current.Take();
        for (var chunk = 0; chunk < _matches.ChunkCount; chunk++)
        {
            _matches.State.Living[chunk].CopyTo(living.Words);
            foreach (var step in _steps)
            {
                step.Count += ChunkWords.CountBoth(step.Node.Words(chunk), living.Words);
            }
        }
    }

    /// <summary>One count: the node to count, and where the count goes.</summary>
    private sealed record Step(ChunkNode Node, Action<int> Store)
    {
        public int Count { get; set; }
    }
}
