using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation;

/// <summary>The things that must exist for a filter to be evaluated: for the filter itself and for the segments that it refers to.</summary>
internal static class FilterRequirements
{
    /// <summary>Throws unless a filter is valid and everything that it refers to exists, also in the segments that it refers to.</summary>
    public static void RequireUsable(Filter filter, AccountState state, string path = "filter")
    {
        FilterValidator.Validate(filter, state.Catalog, path).ThrowIfAny();
        RequireReached(filter, state);
    }

    /// <summary>Throws unless a filter that was read from a text is valid, as <see cref="RequireUsable(Filter, AccountState, string)"/> does, with places in the text.</summary>
    public static void RequireUsable(ParsedFilter parsed, AccountState state, string field, string path)
    {
        new TextErrors(parsed, field, path).ThrowIfAny(FilterValidator.Validate(parsed.Filter, state.Catalog, path));
        RequireReached(parsed.Filter, state);
    }

    private static void RequireReached(Filter filter, AccountState state)
    {
        foreach (var segment in Reached(filter, state))
        {
            FilterValidator.Validate(segment.Filter, state.Catalog, $"segment \"{segment.Name}\": filter").ThrowIfAny();
        }
    }

    /// <summary>Throws unless everything that the members of a smart list depend on exists.</summary>
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

    /// <summary>Lists the missing things of a saved filter, also in the segments that it refers to, one line each.</summary>
    public static IReadOnlyList<string> Problems(Filter filter, AccountState state)
    {
        var own = FilterValidator.Validate(filter, state.Catalog).Missing.Select(missing => missing.ToString());
        var inherited = Reached(filter, state).SelectMany(segment =>
            FilterValidator.Validate(segment.Filter, state.Catalog).Missing.Select(missing => $"segment \"{segment.Name}\": {missing}"));
        return [.. own, .. inherited];
    }

    /// <summary>Gets the segments that a filter refers to, also through others, each once.</summary>
    // The validator reports segments that do not exist.
    public static IEnumerable<SegmentDefinition> Reached(Filter filter, AccountState state)
    {
        var seen = new HashSet<string>();
        var open = new Stack<Filter>([filter]);
        while (open.TryPop(out var next))
        {
            foreach (var id in FilterTree.Clauses(next).Select(clause => clause.Segment?.SegmentId).OfType<string>())
            {
                if (seen.Add(id) && state.Definitions.TryGetValue(id, out var segment))
                {
                    yield return segment;
                    open.Push(segment.Filter);
                }
            }
        }
    }
}
