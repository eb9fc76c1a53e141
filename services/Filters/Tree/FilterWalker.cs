using System.Globalization;
using Crm.Segments.V1;

namespace TagSegments.Filters.Tree;

/// <summary>A node of a filter, where it is and how deep.</summary>
public readonly record struct FilterNode(Filter Filter, string Path, int Depth)
{
    /// <summary>The path of the clause that this node holds.</summary>
    public string ClausePath => $"{Path}.{FilterWalker.CaseName(Filter.KindCase)}";
}

/// <summary>Visits every node of a filter without recursion, so that no tree is too deep for it.</summary>
public static class FilterWalker
{
    /// <summary>Visits the nodes, each before its members.</summary>
    public static IEnumerable<FilterNode> Walk(Filter root, string path = "filter")
    {
        var rest = new Stack<FilterNode>([new FilterNode(root, path, 1)]);
        while (rest.TryPop(out var node))
        {
            yield return node;
            foreach (var member in Members(node).Reverse())
            {
                rest.Push(member);
            }
        }
    }

    /// <summary>The name of a case in the proto, for example <c>all_of</c>.</summary>
    public static string CaseName(Filter.KindOneofCase kind) =>
        Filter.Descriptor.FindFieldByNumber((int)kind)?.Name ?? "kind";

    /// <summary>Gets the members of a group, or the one that is negated.</summary>
    public static IEnumerable<FilterNode> Members(FilterNode node) => node.Filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => GroupMembers(node, node.Filter.AllOf),
        Filter.KindOneofCase.AnyOf => GroupMembers(node, node.Filter.AnyOf),
        Filter.KindOneofCase.Negated => [new FilterNode(node.Filter.Negated, node.ClausePath, node.Depth + 1)],
        _ => [],
    };

    private static IEnumerable<FilterNode> GroupMembers(FilterNode node, FilterGroup group) =>
        group.Filters.Select((member, i) =>
            new FilterNode(member, string.Create(CultureInfo.InvariantCulture, $"{node.ClausePath}.filters[{i}]"), node.Depth + 1));
}
