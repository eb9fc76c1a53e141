using Crm.Segments.V1;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>Reads what a call wants evaluated, against the names of one state, and refuses what cannot be evaluated.</summary>
internal static class FilterReader
{
    /// <summary>Reads a source as a filter that can be evaluated; a saved segment becomes a reference to it.</summary>
    public static Filter Read(FilterSource? source, AccountState state, string field = "source")
    {
        var filter = source?.SourceCase switch
        {
            FilterSource.SourceOneofCase.Filter => source.Filter,
            FilterSource.SourceOneofCase.Text => Parse(source.Text, state.Catalog),
            FilterSource.SourceOneofCase.SegmentId => ById(source.SegmentId, state),
            FilterSource.SourceOneofCase.SegmentName => ByName(source.SegmentName, state),
            _ => throw RpcErrors.InvalidField(field, "is required: a filter, a text, or a segment's id or name"),
        };
        RequireUsable(filter, state);
        return filter;
    }

    /// <summary>Reads a source less some others.</summary>
    public static Filter ReadWithout(FilterSource? source, IReadOnlyList<FilterSource> exclude, AccountState state)
    {
        var filter = Read(source, state);
        var excluded = exclude.Select((other, i) => new Filter { Negated = Read(other, state, $"exclude[{i}]") }).ToList();
        return excluded.Count == 0 ? filter : new Filter { AllOf = new FilterGroup { Filters = { filter, excluded } } };
    }

    /// <summary>Gets the definition that a filter read from a saved segment stands for, or the filter itself.</summary>
    public static Filter Definition(Filter filter, AccountState state) =>
        filter.KindCase == Filter.KindOneofCase.Segment ? state.Definitions[filter.Segment.SegmentId].Filter : filter;

    /// <summary>Throws unless a filter is valid and all that it refers to exists, also in the segments that it refers to.</summary>
    public static void RequireUsable(Filter filter, AccountState state)
    {
        FilterValidator.Validate(filter, state.Catalog).ThrowIfAny();
        foreach (var segment in Reached(filter, state))
        {
            FilterValidator.Validate(segment.Filter, state.Catalog).ThrowIfAny();
        }
    }

    /// <summary>Gets what is missing for a saved filter, also in the segments that it refers to, one line each.</summary>
    public static IReadOnlyList<string> Problems(Filter filter, AccountState state)
    {
        var own = FilterValidator.Validate(filter, state.Catalog).Missing.Select(missing => missing.ToString());
        var inherited = Reached(filter, state).SelectMany(segment =>
            FilterValidator.Validate(segment.Filter, state.Catalog).Missing.Select(missing => $"segment \"{segment.Name}\": {missing}"));
        return [.. own, .. inherited];
    }

    private static Filter Parse(string text, FilterCatalog catalog)
    {
        try
        {
            return FilterParser.Parse(text, catalog);
        }
        catch (FilterSyntaxException e)
        {
            throw e.ToRpcException();
        }
    }

    // Every segment once, however many ways lead to it; those that do not exist are for the validator to report.
    private static IEnumerable<SegmentDefinition> Reached(Filter filter, AccountState state)
    {
        var seen = new HashSet<string>();
        var open = new Stack<Filter>([filter]);
        while (open.TryPop(out var next))
        {
            foreach (var node in FilterWalk.All(next).Where(node => node.KindCase == Filter.KindOneofCase.Segment))
            {
                if (seen.Add(node.Segment.SegmentId) && state.Definitions.TryGetValue(node.Segment.SegmentId, out var segment))
                {
                    yield return segment;
                    open.Push(segment.Filter);
                }
            }
        }
    }

    private static Filter ById(string segmentId, AccountState state) =>
        state.Definitions.ContainsKey(segmentId) ? Reference(segmentId) : throw RpcErrors.NotFound("segment", segmentId);

    private static Filter ByName(string name, AccountState state) =>
        state.Catalog.Segments.ByName(name) is { } segment ? Reference(segment.Id) : throw RpcErrors.NotFound("segment", $"\"{name}\"");

    private static Filter Reference(string segmentId) => new() { Segment = new SegmentClause { SegmentId = segmentId } };
}
