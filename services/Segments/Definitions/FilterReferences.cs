using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Segments.Evaluation;

namespace TagSegments.Segments.Definitions;

/// <summary>Finds what a filter refers to, for where-used.</summary>
internal static class FilterReferences
{
    /// <summary>The kind of a reference to another segment.</summary>
    public const string Segment = "segment";

    /// <summary>Gets the distinct references of a filter as kind and id.</summary>
    public static IReadOnlyList<(string Kind, string Target)> Of(Filter filter) =>
        [.. FilterWalk.All(filter).SelectMany(OfNode).Distinct()];

    private static IEnumerable<(string Kind, string Target)> OfNode(Filter node) => node.KindCase switch
    {
        Filter.KindOneofCase.Tag => node.Tag.TagIds.Select(Tag),
        Filter.KindOneofCase.TagAdded => [Tag(node.TagAdded.TagId)],
        Filter.KindOneofCase.Field => Field(node.Field),
        Filter.KindOneofCase.Opportunity => node.Opportunity.Conditions.SelectMany(Field),
        Filter.KindOneofCase.Activity when node.Activity.CampaignId.Length > 0 => [("campaign", node.Activity.CampaignId)],
        Filter.KindOneofCase.Segment => [(Segment, node.Segment.SegmentId)],
        _ => [],
    };

    private static (string, string) Tag(int tagId) => ("tag", tagId.ToString(CultureInfo.InvariantCulture));

    private static IEnumerable<(string, string)> Field(FieldClause clause) =>
        clause.Field.RefCase == FieldRef.RefOneofCase.FieldId
            ? [("field", clause.Field.FieldId.ToString(CultureInfo.InvariantCulture))]
            : [];
}
