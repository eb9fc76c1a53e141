using Crm.Segments.V1;
using TagSegments.Filters.Facts;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>Makes the two segments of generated worlds; one of them refers to the other.</summary>
internal static class RandomSegments
{
    public static Dictionary<string, Filter> Make(FilterGenerator filters)
    {
        Filter WithoutSegments()
        {
            while (true)
            {
                var tree = filters.Tree(2);
                if (FilterReferences.Of(tree).SegmentIds.Length == 0)
                {
                    return tree;
                }
            }
        }

        var engaged = new Filter { Segment = new SegmentClause { SegmentId = WorldNames.Engaged } };
        return new Dictionary<string, Filter>
        {
            [WorldNames.Engaged] = WithoutSegments(),
            [WorldNames.Buyers] = new Filter { AnyOf = new FilterGroup { Filters = { WithoutSegments(), engaged } } },
        };
    }
}
