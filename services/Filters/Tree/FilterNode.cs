using System.Globalization;
using Crm.Segments.V1;

namespace TagSegments.Filters.Tree;

/// <summary>A node of a filter, where it is and how deep.</summary>
public sealed class FilterNode
{
    private readonly FilterNode? _parent;
    private readonly string _place;

    /// <summary>Makes the root of a tree; its paths begin with <paramref name="path"/>.</summary>
    public FilterNode(Filter root, string path)
        : this(root, null, path)
    {
    }

    private FilterNode(Filter filter, FilterNode? parent, string place)
    {
        (Filter, _parent, _place) = (filter, parent, place);
        Depth = parent is null ? 1 : parent.Depth + 1;
    }

    /// <summary>The filter from this node on.</summary>
    public Filter Filter { get; }

    /// <summary>The level of this node: 1 for the root.</summary>
    public int Depth { get; }

    /// <summary>The path of this node, for example <c>filter.all_of.filters[2]</c>. Paths are for errors, so they are written on demand.</summary>
    public string Path => _parent is null ? _place : _parent.ClausePath + _place;

    /// <summary>The path of the clause that this node holds.</summary>
    public string ClausePath => $"{Path}.{Crm.Segments.V1.Filter.Descriptor.FindFieldByNumber((int)Filter.KindCase)?.Name ?? "kind"}";

    /// <summary>Gets the members of this node.</summary>
    public IEnumerable<FilterNode> Members() => FilterTree.Members(Filter).Select((member, i) => new FilterNode(
        member, this, Filter.Negated is null ? string.Create(CultureInfo.InvariantCulture, $".filters[{i}]") : ""));
}
