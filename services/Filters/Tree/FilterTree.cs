using Crm.Segments.V1;

namespace TagSegments.Filters.Tree;

/// <summary>The tree of a filter: the one place that knows which nodes have members.</summary>
public static class FilterTree
{
    /// <summary>Gets the members of a group, or the one filter that is negated; none for a clause.</summary>
    public static IReadOnlyList<Filter> Members(Filter filter) => filter switch
    {
        { AllOf: { } group } => group.Filters,
        { AnyOf: { } group } => group.Filters,
        { Negated: { } negated } => [negated],
        _ => [],
    };

    /// <summary>Whether the node is of a kind that has members, even if it has none.</summary>
    public static bool IsGroup(Filter filter) =>
        filter.KindCase is Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf or Filter.KindOneofCase.Negated;

    /// <summary>Visits the nodes, each before its members, without recursion: no tree is too deep for it.</summary>
    public static IEnumerable<FilterNode> Walk(Filter root, string path = "filter")
    {
        var rest = new Stack<FilterNode>([new FilterNode(root, path)]);
        while (rest.TryPop(out var node))
        {
            yield return node;
            foreach (var member in node.Members().Reverse())
            {
                rest.Push(member);
            }
        }
    }

    /// <summary>Gets the clauses of a tree.</summary>
    public static IEnumerable<Filter> Clauses(Filter root) => Walk(root).Select(node => node.Filter).Where(filter => !IsGroup(filter));

    /// <summary>Makes a tree of the same shape with other clauses.</summary>
    /// <exception cref="FilterTooLargeException">The tree has more levels than nested segments could have.</exception>
    public static Filter Map(Filter filter, Func<Filter, Filter> clause) => Map(filter, (node, _) => clause(node), 1);

    /// <summary>
    /// Puts the filters of other segments in the places of the references to them. A reference that <paramref name="find"/> does not know stays.
    /// </summary>
    /// <exception cref="FilterTooLargeException">The result would have too many clauses or levels.</exception>
    /// <exception cref="SegmentCycleException">A segment refers to itself.</exception>
    public static Filter Inline(Filter filter, Func<string, Filter?> find) => new Inliner(find).Inline(filter);

    /// <summary>Makes the filter of a smart list: (its filter OR the include tag) AND NOT the exclude tag. 0 stands for no tag.</summary>
    public static Filter SmartList(Filter filter, int includeTagId, int excludeTagId)
    {
        var members = includeTagId == 0 ? filter : AnyOf(filter, HasTag(includeTagId));
        return excludeTagId == 0 ? members : AllOf(members, Not(HasTag(excludeTagId)));
    }

    /// <summary>Makes the AND of some filters.</summary>
    public static Filter AllOf(params IEnumerable<Filter> filters) => new() { AllOf = new FilterGroup { Filters = { filters } } };

    /// <summary>Makes the OR of some filters.</summary>
    public static Filter AnyOf(params IEnumerable<Filter> filters) => new() { AnyOf = new FilterGroup { Filters = { filters } } };

    /// <summary>Makes the complement of a filter.</summary>
    public static Filter Not(Filter filter) => new() { Negated = filter };

    /// <summary>Maps a tree that is at some level of a larger one; clauses are given with their level.</summary>
    internal static Filter Map(Filter filter, Func<Filter, int, Filter> clause, int depth)
    {
        FilterTooLargeException.ThrowIfTooDeep(depth);
        return filter switch
        {
            { AllOf: { } group } => AllOf([.. group.Filters.Select(member => Map(member, clause, depth + 1))]),
            { AnyOf: { } group } => AnyOf([.. group.Filters.Select(member => Map(member, clause, depth + 1))]),
            { Negated: { } negated } => Not(Map(negated, clause, depth + 1)),
            _ => clause(filter, depth),
        };
    }

    private static Filter HasTag(int tagId) => new() { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } };
}
