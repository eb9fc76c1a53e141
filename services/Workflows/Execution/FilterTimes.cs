using Crm.Segments.V1;

namespace TagSegments.Workflows.Execution;

/// <summary>Tells filters that only events make true from those that time alone can make true.</summary>
internal static class FilterTimes
{
    public static bool DependsOnTime(Filter filter) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.Any(DependsOnTime),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.Any(DependsOnTime),
        Filter.KindOneofCase.Negated => DependsOnTime(filter.Negated),
        Filter.KindOneofCase.TagAdded => true,
        Filter.KindOneofCase.Field => filter.Field.Window is not null,
        Filter.KindOneofCase.Activity => filter.Activity.Window is not null,
        Filter.KindOneofCase.Opportunity => filter.Opportunity.Conditions.Any(condition => condition.Window is not null),
        // Whatever that segment asks for.
        Filter.KindOneofCase.Segment => true,
        _ => false,
    };
}
