using System.Collections.Immutable;
using TagSegments.Bitmaps;
using TagSegments.Filters.Catalog;

namespace TagSegments.Segments.Index;

/// <summary>
/// What the process knows of an account as of one moment: its names, its segments, and who has which tag, as far as it was asked for.
/// Immutable: evaluations that have begun keep theirs while a newer one is published.
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

    /// <summary>The living contacts: every plan needs them, so a state that a plan runs on has them.</summary>
    public Bitmap Living => Tags[LivingContacts];

    /// <summary>Whether nothing that this state holds has changed since.</summary>
    public bool IsAt(AccountClocks clocks) =>
        Clocks.Records == clocks.Records && Clocks.HaveSameNames(clocks);

    /// <summary>Whether nothing of what was missing is missing any more.</summary>
    public bool Has(Missing missing) => missing.Tags.All(Tags.ContainsKey);
}
