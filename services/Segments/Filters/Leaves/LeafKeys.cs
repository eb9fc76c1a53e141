using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;

namespace TagSegments.Segments.Filters;

/// <summary>
/// The keys of leaves under one catalog, so that a clause that comes again is not compiled again only to be recognised. What has a window of
/// its own is left out: its ends can move with <c>now</c>.
/// </summary>
internal sealed class LeafKeys
{
    private const int Most = 10_000;
    private static readonly ConditionalWeakTable<FilterCatalog, LeafKeys> s_all = [];
    private readonly ConcurrentDictionary<(Filter Clause, LeafTime? Time), string> _keys = [];

    /// <summary>Gets the keys under a catalog.</summary>
    public static LeafKeys Of(FilterCatalog catalog) => s_all.GetOrCreateValue(catalog);

    /// <summary>Gets the key of a leaf; null if it is not known.</summary>
    public string? Find(Leaf leaf) => HasWindow(leaf.Clause) ? null : _keys.GetValueOrDefault((leaf.Clause, leaf.Time));

    /// <summary>Notes the key of a leaf and returns it.</summary>
    public string Keep(Leaf leaf, string key)
    {
        if (!HasWindow(leaf.Clause))
        {
            if (_keys.Count >= Most)
            {
                _keys.Clear();
            }

            // A copy: the caller's may change.
            _keys[(leaf.Clause.Clone(), leaf.Time)] = key;
        }

        return key;
    }

    private static bool HasWindow(Filter clause) => clause.KindCase switch
    {
        Filter.KindOneofCase.Field => clause.Field.Window is not null,
        Filter.KindOneofCase.Activity => clause.Activity.Window is not null,
        Filter.KindOneofCase.Opportunity => clause.Opportunity.Conditions.Any(condition => condition.Window is not null),
        Filter.KindOneofCase.TagAdded => clause.TagAdded.Window.KindCase != TimeWindow.KindOneofCase.None,
        _ => false,
    };
}
