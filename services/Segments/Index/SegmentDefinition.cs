using Crm.Segments.V1;

namespace TagSegments.Segments.Index;

/// <summary>The current filter of a saved segment.</summary>
internal sealed record SegmentDefinition(string SegmentId, string Name, int Version, Filter Filter);
