using Crm.Segments.V1;

namespace TagSegments.Segments.Definitions;

/// <summary>A saved segment as it is stored.</summary>
internal sealed record SegmentRow(
    string SegmentId, string Name, string Description, string FilterJson, int Version, DateTime CreatedAt, DateTime UpdatedAt)
{
    /// <summary>The filter.</summary>
    public Filter Filter { get; } = Filter.Parser.ParseJson(FilterJson);
}
