using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Index;

/// <summary>What a state lacks for an evaluation.</summary>
internal sealed record Missing(IReadOnlySet<int> Tags, IReadOnlySet<Kind> Columns)
{
    /// <summary>Nothing is missing.</summary>
    public static readonly Missing Nothing = new(new HashSet<int>(), new HashSet<Kind>());

    /// <summary>Whether nothing is missing.</summary>
    public bool IsEmpty => Tags.Count == 0 && Columns.Count == 0;
}
