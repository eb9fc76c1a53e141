using Crm.Segments.V1;

namespace TagSegments.Segments.Index;

/// <summary>The current filter and the expectations of a saved segment.</summary>
internal sealed record SegmentDefinition(string SegmentId, string Name, int Version, Filter Filter, Expectations Expectations);

/// <summary>The contacts that a segment must include and must exclude, with author and time.</summary>
internal sealed record Expectations(int[] MustInclude, int[] MustExclude, string Author, DateTime? SetAt)
{
    /// <summary>No expectations.</summary>
    public static readonly Expectations None = new([], [], "", null);

    /// <summary>All contacts that the expectations name.</summary>
    public int[] Contacts { get; } = [.. MustInclude, .. MustExclude];
}
