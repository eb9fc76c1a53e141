using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Index;

/// <summary>What a state lacks for an evaluation.</summary>
internal sealed record Missing(IReadOnlySet<int> Tags, IReadOnlySet<Kind> Columns)
{
    /// <summary>Nothing is missing.</summary>
    public static readonly Missing Nothing = new(new HashSet<int>(), new HashSet<Kind>());

    /// <summary>Puts together what several evaluations lack.</summary>
    public static Missing All(IEnumerable<Missing> several) => several.Aggregate(
        (all, one) => new Missing(all.Tags.Union(one.Tags).ToHashSet(), all.Columns.Union(one.Columns).ToHashSet()));

    /// <summary>Whether nothing is missing.</summary>
    public bool IsEmpty => Tags.Count == 0 && Columns.Count == 0;
}
