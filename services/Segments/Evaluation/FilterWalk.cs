using Crm.Segments.V1;

namespace TagSegments.Segments.Evaluation;

/// <summary>Walks the nodes of a filter.</summary>
internal static class FilterWalk
{
    /// <summary>Gets the members of a node: those of a group, or the one that is negated.</summary>
    public static IReadOnlyList<Filter> Members(Filter filter) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters,
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters,
        Filter.KindOneofCase.Negated => [filter.Negated],
        _ => [],
    };

    /// <summary>Gets a node and everything below it.</summary>
    public static IEnumerable<Filter> All(Filter filter)
    {
        var open = new Stack<Filter>([filter]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var member in Members(node).Reverse())
            {
                open.Push(member);
            }
        }
    }
}
