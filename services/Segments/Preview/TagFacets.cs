using Crm.Segments.V1;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Plans;

namespace TagSegments.Segments.Preview;

/// <summary>Counts how many of the contacts that match have each tag: chunk by chunk, every tag against the contacts of that chunk.</summary>
internal static class TagFacets
{
    /// <summary>Counts the contacts, and for each tag its holders among them; the most frequent tags come first.</summary>
    public static (int Count, IReadOnlyList<TagFacet> Facets) Count(MatchSet matches, string namePrefix)
    {
        var tags = matches.State.TagsWithPrefix(namePrefix).ToArray();
        var sets = Array.ConvertAll(tags, tag => matches.State.Tags[tag.Id]);
        var counts = new int[tags.Length];
        var all = 0;
        using var words = ChunkBuffers.Current.Take();
        for (var chunk = 0; chunk < matches.ChunkCount; chunk++)
        {
            if (matches.IsEmpty(chunk))
            {
                continue;
            }

            matches.CopyTo(chunk, words.Words);
            all += Bitmaps.ChunkWords.Count(words.Words);
            for (var i = 0; i < sets.Length; i++)
            {
                counts[i] += sets[i][chunk].CountIn(words.Words);
            }
        }

        var facets = tags.Zip(counts, (tag, count) => new TagFacet { TagId = tag.Id, Name = tag.Name, Count = count })
            .Where(facet => facet.Count > 0)
            .OrderByDescending(facet => facet.Count)
            .ThenBy(facet => facet.Name, StringComparer.Ordinal);
        return (all, [.. facets]);
    }
}
