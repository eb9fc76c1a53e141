using System.Collections.Immutable;
using TagSegments.Bitmaps;
using TagSegments.Filters.Catalog;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Index;

/// <summary>
/// What the process knows of an account as of one moment: its names, its segments, and the holders of the tags loaded so far. Immutable:
/// evaluations that have begun keep theirs while a newer one is published.
/// </summary>
/// <param name="Clocks">The moment.</param>
/// <param name="Catalog">The names that filters use.</param>
/// <param name="Definitions">The saved segments by id.</param>
/// <param name="SmartLists">The smart lists.</param>
/// <param name="Tags">The tags loaded so far; tag 0 holds the living contacts.</param>
internal sealed record AccountState(
    AccountClocks Clocks,
    FilterCatalog Catalog,
    ImmutableDictionary<string, SegmentDefinition> Definitions,
    SmartListIndex SmartLists,
    ImmutableDictionary<int, Bitmap> Tags)
{
    /// <summary>The tag whose holders are the living contacts.</summary>
    public const int LivingContacts = 0;

    /// <summary>Of a state of the past: how many contacts that lived then have been erased since. They are not among the living.</summary>
    public int ErasedContacts { get; init; }

    /// <summary>The filters that were read under these names, segments and smart lists.</summary>
    public ReadFilters ReadFilters { get; init; } = new();

    /// <summary>The living contacts: every plan needs them, so a state that a plan runs on has them.</summary>
    public Bitmap Living => Tags[LivingContacts];

    /// <summary>The bytes of the names, segments and smart lists, about. They are counted once: they stay the same while the tags change.</summary>
    private long NamesBytes { get; } = StateSize.OfNames(Catalog, Definitions, SmartLists);

    /// <summary>The bytes that the state takes in memory without its read filters, about.</summary>
    public long Bytes => NamesBytes + StateSize.OfTags(Tags);

    /// <summary>Whether nothing in this state has changed since.</summary>
    public bool IsAt(AccountClocks clocks) =>
        Clocks.Records == clocks.Records && Clocks.HaveSameNames(clocks);

    /// <summary>Whether some tags have been loaded.</summary>
    public bool Has(IEnumerable<int> tagIds) => tagIds.All(Tags.ContainsKey);

    /// <summary>Gets the tags whose names begin with a prefix; without a prefix, all tags.</summary>
    public IEnumerable<NamedItem<int>> TagsWithPrefix(string prefix) =>
        Catalog.TagItems.Where(tag => !tag.IsDeleted && tag.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Gets the context that filters are compiled against at a moment; the clocks, if given, know the latest activity.</summary>
    public FilterContext ContextAt(DateTimeOffset now, AccountClocks? clocks = null)
    {
        var context = new FilterContext(Catalog, now) { FindSegment = segmentId => Definitions.GetValueOrDefault(segmentId)?.Filter };
        context = context with { EventsFrom = (clocks ?? Clocks).EventsFrom };
        return clocks is null ? context : context with { LatestActivity = clocks.MaxActivityAt ?? DateTime.MinValue };
    }
}
