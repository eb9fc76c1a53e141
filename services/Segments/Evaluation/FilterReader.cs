using System.Text;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation;

/// <summary>Reads the filters of a request against the names of one state, and refuses a filter that cannot be evaluated.</summary>
internal static class FilterReader
{
    /// <summary>Reads a request with the names of today, as questions that can be evaluated on the state of <paramref name="then"/>.</summary>
    public static IReadOnlyList<Question> Read(EvaluationRequest request, AccountState today, AccountState then)
    {
        var countedTags = request.CountedTags is { } prefix ? then.TagsWithPrefix(prefix).Select(tag => tag.Id) : [];
        var questions = request.Filters
            .Where(filter => !filter.SkipIfInvalid || IsValid(filter, today))
            .Select(filter => new Question(Read(filter, today, then), request.Candidates)
            {
                NodeByNode = request.NodeByNode,
                CountedTags = countedTags,
                Text = filter.Source?.Text ?? "",
            })
            .ToList();
        return request.WithExpectations
            ? [.. questions, .. questions.SelectMany(question => Expecting(question.Filter, then)).Select(Question.OfExpectations)]
            : questions;
    }

    /// <summary>Reads the contacts in a source or in an included one, and in no excluded one, as one filter.</summary>
    public static Filter Read(RequestedFilter request, AccountState today, AccountState then)
    {
        var filter = Read(request.Source, today, then, request.Field);
        var included = request.Include.Select((other, i) => Read(other, today, then, $"include[{i}]")).ToList();
        var excluded = request.Exclude.Select((other, i) => new Filter { Negated = Read(other, today, then, $"exclude[{i}]") }).ToList();
        var anyOf = included.Count == 0 ? filter : new Filter { AnyOf = new FilterGroup { Filters = { filter, included } } };
        return excluded.Count == 0 ? anyOf : new Filter { AllOf = new FilterGroup { Filters = { anyOf, excluded } } };
    }

    /// <summary>Reads a source with the names of one state, as a filter that can be evaluated on it.</summary>
    public static Filter Read(FilterSource? source, AccountState state) => Read(source, state, state, field: "");

    // Reading depends on the names, so it is done once per set of names. The past has names of its own.
    private static Filter Read(FilterSource? source, AccountState today, AccountState then, string field) =>
        ReferenceEquals(today, then) && source is not null
            ? today.ReadFilters.GetOrRead(source, () => ReadAnew(source, today, then, field))
            : ReadAnew(source, today, then, field);

    // A saved segment becomes a reference to it, a smart list the filter of its members.
    private static Filter ReadAnew(FilterSource? source, AccountState today, AccountState then, string field)
    {
        if (source is not null && FindSmartList(source, today) is { } list)
        {
            FilterRequirements.RequireUsable(list, then);
            return list.Members();
        }

        var path = field.Length > 0 ? $"{field}." : "";
        var filter = source?.SourceCase switch
        {
            FilterSource.SourceOneofCase.Filter => source.Filter,
            FilterSource.SourceOneofCase.Text => ReadText(source.Text, today, then, path),
            FilterSource.SourceOneofCase.SegmentId => ById(source.SegmentId, today),
            FilterSource.SourceOneofCase.SegmentName => ByName(source.SegmentName, today),
            _ => throw RpcErrors.InvalidField(
                field.Length > 0 ? field : "source", "is required: a filter, a text, or the id or name of a segment or smart list"),
        };
        if (source?.SourceCase != FilterSource.SourceOneofCase.Text)
        {
            FilterRequirements.RequireUsable(filter, then, $"{path}filter");
        }

        return filter;
    }

    private static Filter ReadText(string text, AccountState today, AccountState then, string path)
    {
        var parsed = Parse(text, today.Catalog, $"{path}text");
        FilterRequirements.RequireUsable(parsed, then, $"{path}text", $"{path}filter");
        return parsed.Filter;
    }

    /// <summary>Reads a filter to save, given as a tree or as text, in the form in which it is saved.</summary>
    public static Filter ReadForSaving(Filter? filter, string text, AccountState state)
    {
        var read = FilterNormalizer.Normalize(
            Read(text.Length > 0 ? new FilterSource { Text = text } : new FilterSource { Filter = filter }, state));
        RequireReadable(read, state.Catalog);
        return read;
    }

    /// <summary>Throws if a segment would refer to itself by a new filter; the error says where in the text, if there is one.</summary>
    public static void RequireAcyclic(string segmentId, Filter filter, string text, AccountState state)
    {
        var graph = SegmentGraph.Of(state);
        try
        {
            graph.RequireAcyclic(segmentId, FilterReferences.Of(filter).SegmentIds);
        }
        catch (RpcException e) when (text.Length > 0)
        {
            throw Located(e, text, segmentId, graph, state);
        }
    }

    // At the reference for which the segment is refused; at the whole text if it is none alone.
    private static RpcException Located(RpcException error, string text, string segmentId, SegmentGraph graph, AccountState state)
    {
        var parsed = Parse(text, state.Catalog, "text");
        var reference = FilterTree.Clauses(parsed.Filter).FirstOrDefault(clause => clause.Segment is { SegmentId: var target } && graph.Refuses(segmentId, target));
        return new TextErrors(parsed, "text", "filter").At(error, reference ?? parsed.Filter);
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

    // A saved filter is shown as text, which has to read back.
    private static void RequireReadable(Filter filter, FilterCatalog catalog)
    {
        if (Length(filter) > FilterLimits.FilterBytes)
        {
            var longest = FilterTree.Walk(filter).Where(node => !FilterTree.IsGroup(node.Filter)).MaxBy(node => Length(node.Filter))!;
            throw FilterErrors.TooLarge($"The filter is longer than {FilterLimits.FilterBytes:N0} bytes as text.", longest.ClausePath);
        }

        int Length(Filter part) => Encoding.UTF8.GetByteCount(FilterPrinter.Print(part, catalog));
    }

    private static ParsedFilter Parse(string text, FilterCatalog catalog, string field)
    {
        try
        {
            return FilterParser.Read(text, catalog);
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

    private static bool IsValid(RequestedFilter filter, AccountState state) =>
        state.Definitions.GetValueOrDefault(filter.Source?.SegmentId ?? "") is not { } segment
        || FilterRequirements.Problems(segment.Filter, state).Count == 0;

    private static IEnumerable<SegmentDefinition> Expecting(Filter filter, AccountState state) => FilterRequirements.Reached(filter, state)
        .Where(segment => segment.Expectations.Contacts.Length > 0)
        .OrderBy(segment => segment.Name, StringComparer.Ordinal);
}
