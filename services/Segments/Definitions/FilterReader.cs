using System.Globalization;
using System.Text;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>Reads what a call wants evaluated, against the names of one state, and refuses what cannot be evaluated.</summary>
internal static class FilterReader
{
    /// <summary>
    /// Reads a source as a filter that can be evaluated; a saved segment becomes a reference to it, a smart list the filter of its members.
    /// <paramref name="field"/> tells one of several sources of a request from the others: the paths in errors begin with it.
    /// </summary>
    public static Filter Read(FilterSource? source, AccountState state, string field = "") => Read(source, state, state, field);

    /// <summary>Reads a source with the names of today as a filter that can be evaluated on what there was <paramref name="then"/>.</summary>
    public static Filter Read(FilterSource? source, AccountState state, AccountState then, string field = "")
    {
        if (source is not null && FindSmartList(source, state) is { } list)
        {
            RequireUsable(list, then);
            return list.Members();
        }

        var path = field.Length > 0 ? $"{field}." : "";
        var filter = source?.SourceCase switch
        {
            FilterSource.SourceOneofCase.Filter => source.Filter,
            FilterSource.SourceOneofCase.Text => Parse(source.Text, state.Catalog, $"{path}text"),
            FilterSource.SourceOneofCase.SegmentId => ById(source.SegmentId, state),
            FilterSource.SourceOneofCase.SegmentName => ByName(source.SegmentName, state),
            _ => throw RpcErrors.InvalidField(
                field.Length > 0 ? field : "source", "is required: a filter, a text, or the id or name of a segment or smart list"),
        };
        RequireUsable(filter, then, $"{path}filter");
        return filter;
    }

    /// <summary>Reads who is in one of some sources and in none of some others.</summary>
    public static Filter ReadAudience(StreamMatchesRequest request, AccountState state, AccountState then)
    {
        var filter = Read(request.Source, state, then);
        var included = request.Include.Select((other, i) => Read(other, state, then, $"include[{i}]")).ToList();
        var excluded = request.Exclude.Select((other, i) => new Filter { Negated = Read(other, state, then, $"exclude[{i}]") }).ToList();
        var anyOf = included.Count == 0 ? filter : new Filter { AnyOf = new FilterGroup { Filters = { filter, included } } };
        return excluded.Count == 0 ? anyOf : new Filter { AllOf = new FilterGroup { Filters = { anyOf, excluded } } };
    }

    /// <summary>Reads a filter that is to be saved, given as a tree or as text, in the form in which it is saved.</summary>
    public static Filter ReadForSaving(Filter? filter, string text, AccountState state)
    {
        var read = FilterNormalizer.Normalize(
            Read(text.Length > 0 ? new FilterSource { Text = text } : new FilterSource { Filter = filter }, state));
        RequireReadable(read, state.Catalog);
        return read;
    }

    /// <summary>Finds the smart list that a source names or throws NOT_FOUND.</summary>
    public static SmartListDefinition SmartList(FilterSource source, AccountState state) =>
        source.SourceCase == FilterSource.SourceOneofCase.SmartListName
            ? state.SmartLists.ByName(source.SmartListName) ?? throw RpcErrors.NotFound("smart list", $"\"{source.SmartListName}\"")
            : state.SmartLists.ById(source.SmartListId) ?? throw RpcErrors.NotFound("smart list", source.SmartListId);

    /// <summary>Finds the smart list that a source names; null if it names something else.</summary>
    public static SmartListDefinition? FindSmartList(FilterSource source, AccountState state) =>
        source.SourceCase is FilterSource.SourceOneofCase.SmartListId or FilterSource.SourceOneofCase.SmartListName
            ? SmartList(source, state)
            : null;

    /// <summary>Gets the definition that a filter read from a saved segment stands for, or the filter itself.</summary>
    public static Filter Definition(Filter filter, AccountState state) =>
        filter.KindCase == Filter.KindOneofCase.Segment ? state.Definitions[filter.Segment.SegmentId].Filter : filter;

    /// <summary>Throws unless a filter is valid and all that it refers to exists, also in the segments that it refers to.</summary>
    public static void RequireUsable(Filter filter, AccountState state, string path = "filter")
    {
        FilterValidator.Validate(filter, state.Catalog, path).ThrowIfAny();
        foreach (var segment in Reached(filter, state))
        {
            FilterValidator.Validate(segment.Filter, state.Catalog, $"segment \"{segment.Name}\": filter").ThrowIfAny();
        }
    }

    /// <summary>Throws unless all that the members of a smart list depend on exists.</summary>
    public static void RequireUsable(SmartListDefinition list, AccountState state)
    {
        RequireUsable(list.Filter, state);
        if (MissingTags(list, state).FirstOrDefault() is { } missing)
        {
            throw FilterErrors.MissingReference(missing);
        }
    }

    /// <summary>Gets the tags of a smart list that do not exist.</summary>
    public static IEnumerable<MissingReference> MissingTags(SmartListDefinition list, AccountState state) =>
        new[] { (list.IncludeTagId, "include_tag_id"), (list.ExcludeTagId, "exclude_tag_id") }
            .Where(tag => tag.Item1 != 0 && state.Catalog.Tags.ById(tag.Item1) is null)
            .Select(tag => new MissingReference("tag", tag.Item1.ToString(CultureInfo.InvariantCulture), tag.Item2));

    /// <summary>Gets what is missing for a saved filter, also in the segments that it refers to, one line each.</summary>
    public static IReadOnlyList<string> Problems(Filter filter, AccountState state)
    {
        var own = FilterValidator.Validate(filter, state.Catalog).Missing.Select(missing => missing.ToString());
        var inherited = Reached(filter, state).SelectMany(segment =>
            FilterValidator.Validate(segment.Filter, state.Catalog).Missing.Select(missing => $"segment \"{segment.Name}\": {missing}"));
        return [.. own, .. inherited];
    }

    /// <summary>Gets the segments that a filter refers to, also by others, each once.</summary>
    // Those that do not exist are for the validator to report.
    public static IEnumerable<SegmentDefinition> Reached(Filter filter, AccountState state)
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

    // What is saved is shown as text, which has to read back.
    private static void RequireReadable(Filter filter, FilterCatalog catalog)
    {
        if (Length(filter) > FilterLimits.FilterBytes)
        {
            var longest = FilterWalker.Walk(filter).Where(node => !FilterWalker.Members(node).Any()).MaxBy(node => Length(node.Filter));
            throw FilterErrors.TooLarge($"The filter is longer than {FilterLimits.FilterBytes:N0} bytes as text.", longest.ClausePath);
        }

        int Length(Filter part) => Encoding.UTF8.GetByteCount(FilterPrinter.Print(part, catalog));
    }

    private static Filter Parse(string text, FilterCatalog catalog, string field)
    {
        try
        {
            return FilterParser.Parse(text, catalog);
        }
        catch (FilterSyntaxException e)
        {
            throw FilterErrors.Syntax(e, field);
        }
    }

    private static Filter ById(string segmentId, AccountState state) =>
        state.Definitions.ContainsKey(segmentId) ? Reference(segmentId) : throw RpcErrors.NotFound("segment", segmentId);

    private static Filter ByName(string name, AccountState state) =>
        state.Catalog.Segments.ByName(name) is { } segment ? Reference(segment.Id) : throw RpcErrors.NotFound("segment", $"\"{name}\"");

    private static Filter Reference(string segmentId) => new() { Segment = new SegmentClause { SegmentId = segmentId } };
}
