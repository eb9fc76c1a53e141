using Crm.Segments.V1;

namespace TagSegments.Filters.Tree;

/// <summary>Puts segments in the places of the references to them. Segments that refer to segments multiply, so the clauses are counted.</summary>
internal sealed class Inliner(Func<string, Filter?> find)
{
    private readonly List<string> _path = [];
    private int _clauses;

    /// <summary>Inlines a filter.</summary>
    public Filter Inline(Filter filter) => FilterTree.Map(filter, Clause, 1);

    private Filter Clause(Filter clause, int depth)
    {
        FilterTooLargeException.ThrowIfTooMany(++_clauses);
        return clause.Segment is { SegmentId: var id } && find(id) is { } segment ? Segment(id, segment, depth) : clause;
    }

    private Filter Segment(string id, Filter segment, int depth)
    {
        if (_path.Contains(id))
        {
            throw new SegmentCycleException([.. _path, id]);
        }

        _path.Add(id);
        var inlined = FilterTree.Map(segment, Clause, depth + 1);
        _path.RemoveAt(_path.Count - 1);
        return inlined;
    }
}
