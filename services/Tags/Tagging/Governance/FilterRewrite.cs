using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Windows;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>
/// Rewrites a filter so that on today's data it gives the answer that it would give after a change of the library. The segment service then
/// counts the matches to expect, with its usual compiler.
/// </summary>
/// <param name="change">The change.</param>
/// <param name="names">The names of the library's tags.</param>
/// <param name="segments">The account's segments by id.</param>
/// <param name="zone">The account's time zone.</param>
/// <param name="now">The moment of the change.</param>
/// <param name="ct">Ends the rewriting with the call that it is for.</param>
internal sealed class FilterRewrite(
    TagChange change, IReadOnlyDictionary<int, string> names, IReadOnlyDictionary<string, Segment> segments, DateTimeZone zone, DateTimeOffset now,
    CancellationToken ct)
{
    /// <summary>Replaces references to segments with their filters, so that a change takes effect there too.</summary>
    public Filter Inline(Filter filter) => FilterTree.Inline(filter, id => segments.GetValueOrDefault(id)?.Filter);

    /// <summary>Checks whether a filter without references uses the tag that disappears.</summary>
    public bool Breaks(Filter inlined) => !change.IsRename && FilterReferences.Of(inlined).TagIds.Contains(change.TagId);

    /// <summary>Gives the filter as it would be after the change; the same if the change does not concern it.</summary>
    public Filter After(Filter inlined) => FilterTree.Map(inlined, clause => clause switch
    {
        { Tag: { } tag } => After(tag) ?? clause,
        { TagAdded: { } added } => After(clause, added),
        _ when ClauseFacts.Of(clause).TagIds.Count == 0 => clause,
        _ => throw new UnknownClauseException(),
    });

    private Filter? After(TagClause clause)
    {
        if (clause.TagIds.Count > 0)
        {
            return change.IsMerge && clause.TagIds.Contains(change.IntoTagId) ? Merged(clause) : null;
        }

        // A name moves at most one tag in or out, so only then is the library looked through.
        var (was, willBe) = (Begins(change.TagId, clause.NamePrefix), StaysWith(clause.NamePrefix));
        return was == willBe ? null : HasTags(clause.Match, Members(clause.NamePrefix, willBe));
    }

    private bool StaysWith(string prefix) => change switch
    {
        { IsRename: true } => change.NewName.StartsWith(prefix, StringComparison.Ordinal),
        // Holders of the merged tag will have the other one, so a test for the other tag becomes a test for both.
        { IsMerge: true } => Begins(change.IntoTagId, prefix),
        _ => false,
    };

    // A tag may have been deleted meanwhile.
    private bool Begins(int tagId, string prefix) => names.TryGetValue(tagId, out var name) && name.StartsWith(prefix, StringComparison.Ordinal);

    private HashSet<int> Members(string prefix, bool withChanged)
    {
        ct.ThrowIfCancellationRequested();
        var members = names.Where(tag => tag.Value.StartsWith(prefix, StringComparison.Ordinal)).Select(tag => tag.Key).ToHashSet();
        _ = withChanged ? members.Add(change.TagId) : members.Remove(change.TagId);
        return members;
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
        return others.Length == 0 ? either : FilterTree.AllOf(either, new Filter { Tag = new TagClause { Match = Match.All, TagIds = { others } } });
    }

    // Contacts that gain the other tag by the merge gain it at this moment.
    private Filter After(Filter clause, TagAddedClause added)
    {
        if (!change.IsMerge || added.TagId != change.IntoTagId || !IsGainIn(added.Window))
        {
            return clause;
        }

        var gains = FilterTree.AllOf(HasTags(Match.Any, [change.TagId]), HasTags(Match.None, [change.IntoTagId]));
        return FilterTree.AnyOf(clause, gains);
    }

    // Seen a moment later, so that a window that ends now holds what happens now. Contacts' own zones are not looked at.
    private bool IsGainIn(TimeWindow window)
    {
        var at = Instant.FromDateTimeOffset(now);
        return new WindowResolver(at + Duration.FromMilliseconds(1), zone, weekStart: 1).Holds(window, at);
    }

    private static Filter HasTags(Match match, IReadOnlyCollection<int> tagIds)
    {
        if (tagIds.Count == 0)
        {
            var everyone = new Filter { Everyone = new EveryoneClause() };
            return match == Match.None ? everyone : FilterTree.Not(everyone);
        }

        var clauses = tagIds.Order().Chunk(FilterLimits.Operands).Select(part => new Filter { Tag = new TagClause { Match = match, TagIds = { part } } }).ToArray();
        return clauses.Length == 1 ? clauses[0]
            : match == Match.None ? FilterTree.AllOf(clauses)
            : FilterTree.AnyOf(clauses);
    }
}
