using Crm.Segments.V1;
using NodaTime;
using TagSegments.Tags.Tagging.Usages;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>
/// Makes of a filter one that asks today's data what the filter would ask after a change of the library: so the segment service counts what
/// would be, with the same compiler as ever.
/// </summary>
/// <param name="change">The change.</param>
/// <param name="names">The names of the library's tags.</param>
/// <param name="segments">The account's segments by id.</param>
/// <param name="zone">The account's time zone.</param>
/// <param name="now">The moment of the change.</param>
internal sealed class FilterRewrite(
    TagChange change, IReadOnlyDictionary<int, string> names, IReadOnlyDictionary<string, Segment> segments, DateTimeZone zone, DateTimeOffset now)
{
    private const int MaxOperands = 10_000;

    /// <summary>Replaces references to segments with their filters, so that a change takes effect there too.</summary>
    public Filter Inline(Filter filter) =>
        Map(filter, clause => clause.Segment is { } other && segments.TryGetValue(other.SegmentId, out var segment) ? Inline(segment.Filter) : clause);

    /// <summary>Gives who is in a smart list as a filter: (its own OR the include tag) AND NOT the exclude tag.</summary>
    public static Filter Members(SmartList list)
    {
        var members = list.IncludeTagId == 0 ? list.Filter
            : new Filter { AnyOf = new FilterGroup { Filters = { list.Filter, HasTags(Match.Any, [list.IncludeTagId]) } } };
        return list.ExcludeTagId == 0 ? members : AllOf(members, HasTags(Match.None, [list.ExcludeTagId]));
    }

    /// <summary>Checks whether a filter without references uses the tag that disappears.</summary>
    public bool Breaks(Filter inlined) => !change.IsRename && TagReferences.In(inlined).Contains(change.TagId);

    /// <summary>Gives the filter as it would be after the change; the same if the change does not concern it.</summary>
    public Filter After(Filter inlined) => Map(inlined, clause => clause.KindCase switch
    {
        Filter.KindOneofCase.Tag => After(clause.Tag) ?? clause,
        Filter.KindOneofCase.TagAdded => After(clause, clause.TagAdded),
        _ => clause,
    });

    private Filter? After(TagClause clause)
    {
        if (clause.TagIds.Count > 0)
        {
            return change.IsMerge && clause.TagIds.Contains(change.IntoTagId) ? Merged(clause) : null;
        }

        var before = names.Where(tag => tag.Value.StartsWith(clause.NamePrefix, StringComparison.Ordinal)).Select(tag => tag.Key).ToHashSet();
        var after = Members(before, clause.NamePrefix);
        return before.SetEquals(after) ? null : HasTags(clause.Match, after);
    }

    // Holders of the merged tag will have the other one, so a test for the other tag becomes a test for both.
    private HashSet<int> Members(HashSet<int> before, string prefix)
    {
        var after = before.ToHashSet();
        var stays = change.IsRename
            ? change.NewName.StartsWith(prefix, StringComparison.Ordinal)
            : change.IsMerge && before.Contains(change.IntoTagId);
        _ = stays ? after.Add(change.TagId) : after.Remove(change.TagId);
        return after;
    }

    private Filter Merged(TagClause clause)
    {
        int[] both = [change.TagId, change.IntoTagId];
        int[] others = [.. clause.TagIds.Where(tagId => tagId != change.IntoTagId)];
        if (clause.Match != Match.All)
        {
            return HasTags(clause.Match, [.. others, .. both]);
        }

        var either = HasTags(Match.Any, both);
        return others.Length == 0 ? either : AllOf(either, new Filter { Tag = new TagClause { Match = Match.All, TagIds = { others } } });
    }

    // Contacts that gain the other tag by the merge gain it at this moment.
    private Filter After(Filter clause, TagAddedClause added)
    {
        if (!change.IsMerge || added.TagId != change.IntoTagId || !Windows.Holds(added.Window, now, zone))
        {
            return clause;
        }

        var gains = AllOf(HasTags(Match.Any, [change.TagId]), HasTags(Match.None, [change.IntoTagId]));
        return new Filter { AnyOf = new FilterGroup { Filters = { clause, gains } } };
    }

    private static Filter HasTags(Match match, IReadOnlyCollection<int> tagIds)
    {
        if (tagIds.Count == 0)
        {
            var everyone = new Filter { Everyone = new EveryoneClause() };
            return match == Match.None ? everyone : new Filter { Negated = everyone };
        }

        var clauses = tagIds.Order().Chunk(MaxOperands).Select(part => new Filter { Tag = new TagClause { Match = match, TagIds = { part } } }).ToArray();
        return clauses.Length == 1 ? clauses[0]
            : match == Match.None ? AllOf(clauses)
            : new Filter { AnyOf = new FilterGroup { Filters = { clauses } } };
    }

    private static Filter AllOf(params Filter[] filters) => new() { AllOf = new FilterGroup { Filters = { filters } } };

    private static Filter Map(Filter filter, Func<Filter, Filter> clause) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => AllOf([.. filter.AllOf.Filters.Select(member => Map(member, clause))]),
        Filter.KindOneofCase.AnyOf => new Filter { AnyOf = new FilterGroup { Filters = { filter.AnyOf.Filters.Select(member => Map(member, clause)) } } },
        Filter.KindOneofCase.Negated => new Filter { Negated = Map(filter.Negated, clause) },
        _ => clause(filter),
    };
}
