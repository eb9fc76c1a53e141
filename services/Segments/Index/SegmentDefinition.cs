using Crm.Segments.V1;

namespace TagSegments.Segments.Index;

/// <summary>The current filter of a saved segment and what is expected of it.</summary>
internal sealed record SegmentDefinition(string SegmentId, string Name, int Version, Filter Filter, Expectations Expectations);

/// <summary>Whom a segment must include and must exclude, who said so and when.</summary>
internal sealed record Expectations(int[] MustInclude, int[] MustExclude, string Author, DateTime? SetAt)
{
    /// <summary>Nothing is expected.</summary>
    public static readonly Expectations None = new([], [], "", null);

    /// <summary>Everyone of whom something is expected.</summary>
    public int[] Contacts { get; } = [.. MustInclude, .. MustExclude];
}
