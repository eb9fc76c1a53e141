using System.Collections.Immutable;
using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Filters.Catalog;

namespace TagSegments.Segments.Index;

/// <summary>What the parts of a state take in memory, about: objects with their headers and places in dictionaries.</summary>
internal static class StateSize
{
    private const int TagBytes = 100;
    private const int ItemBytes = 250;

    // A filter on the wire has one or two bytes for what is an object with several fields in memory.
    private const int BytesPerWireByte = 16;

    /// <summary>The bytes of tags.</summary>
    public static long OfTags(ImmutableDictionary<int, Bitmap> tags)
    {
        var bytes = 0L;
        foreach (var (_, contacts) in tags)
        {
            bytes += TagBytes + contacts.Bytes;
        }

        return bytes;
    }

    /// <summary>The bytes of names, segments and smart lists.</summary>
    public static long OfNames(FilterCatalog catalog, ImmutableDictionary<string, SegmentDefinition> definitions, SmartListIndex smartLists) =>
        catalog.TagItems.Sum(Item)
        + catalog.SegmentItems.Sum(Item)
        + catalog.CampaignItems.Sum(Item)
        + catalog.ContactCustomFields.Concat(catalog.OpportunityCustomFields).Sum(field => Text(field.Name) + field.Choices.Sum(Text))
        + catalog.Pipelines.Sum(Text)
        + catalog.Stages.Sum(Text)
        + definitions.Values.Sum(segment => Text(segment.Name) + OfFilter(segment.Filter) + (2 * sizeof(int) * segment.Expectations.Contacts.Length))
        + smartLists.All.Sum(list => Text(list.Name) + Text(list.Description) + OfFilter(list.Filter) + list.Columns.Sum(Text));

    /// <summary>The bytes of a filter.</summary>
    public static long OfFilter(Filter filter) => ItemBytes + (BytesPerWireByte * filter.CalculateSize());

    private static long Item<T>(NamedItem<T> item) => Text(item.Name);

    private static long Text(string text) => ItemBytes + (sizeof(char) * text.Length);
}
