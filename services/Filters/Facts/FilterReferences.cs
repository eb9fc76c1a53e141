using Crm.Segments.V1;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Facts;

/// <summary>The ids that a filter refers to, sorted. They are kept with each segment, so that where-used is a query.</summary>
public sealed record FilterReferences(int[] TagIds, int[] FieldIds, string[] CampaignIds, string[] SegmentIds)
{
    /// <summary>Lists the references of a filter.</summary>
    /// <exception cref="UnknownClauseException">A clause has no kind that is known here.</exception>
    public static FilterReferences Of(Filter filter)
    {
        var clauses = FilterTree.Clauses(filter).Select(ClauseFacts.Of).ToList();
        return new FilterReferences(
            Sorted(clauses.SelectMany(clause => clause.TagIds)),
            Sorted(clauses.SelectMany(clause => clause.Conditions).Select(condition => condition.Clause.Field?.FieldId ?? 0).Where(id => id > 0)),
            Sorted(clauses.Select(clause => clause.CampaignId).Where(id => id.Length > 0)),
            Sorted(clauses.Select(clause => clause.SegmentId).Where(id => id.Length > 0)));
    }

    private static T[] Sorted<T>(IEnumerable<T> ids) => [.. ids.Distinct().Order()];
}
