using Crm.Segments.V1;

namespace TagSegments.Filters.Tree;

/// <summary>What a filter refers to by id, sorted: kept with each segment so that where-used is a query.</summary>
public sealed record FilterReferences(int[] TagIds, int[] FieldIds, string[] CampaignIds, string[] SegmentIds)
{
    /// <summary>Lists the references of a filter.</summary>
    public static FilterReferences Of(Filter filter)
    {
        var clauses = FilterWalker.Walk(filter).Select(node => node.Filter).ToList();
        return new FilterReferences(
            Sorted(clauses.SelectMany(TagsOf)),
            Sorted(clauses.SelectMany(FieldsOf).Select(field => field.Field?.FieldId ?? 0).Where(id => id > 0)),
            Sorted(clauses.Select(clause => clause.Activity?.CampaignId ?? "").Where(id => id.Length > 0)),
            Sorted(clauses.Select(clause => clause.Segment?.SegmentId ?? "").Where(id => id.Length > 0)));
    }

    private static IEnumerable<int> TagsOf(Filter clause) => clause.KindCase switch
    {
        Filter.KindOneofCase.Tag => clause.Tag.TagIds,
        Filter.KindOneofCase.TagAdded => [clause.TagAdded.TagId],
        _ => [],
    };

    private static IEnumerable<FieldClause> FieldsOf(Filter clause) => clause.KindCase switch
    {
        Filter.KindOneofCase.Field => [clause.Field],
        Filter.KindOneofCase.Opportunity => clause.Opportunity.Conditions,
        _ => [],
    };

    private static T[] Sorted<T>(IEnumerable<T> ids) => [.. ids.Distinct().Order()];
}
