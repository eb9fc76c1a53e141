using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Bitmaps;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;

namespace TagSegments.Segments.Preview;

/// <summary>Compares filters that were evaluated together, chunk by chunk, and writes them with some names.</summary>
internal sealed class Overlap(IReadOnlyList<MatchSet> sets, FilterCatalog names)
{
    private readonly ulong[][] _words = [.. sets.Select(_ => new ulong[ChunkLayout.Words])];
    private readonly ulong[] _once = new ulong[ChunkLayout.Words];
    private readonly ulong[] _twice = new ulong[ChunkLayout.Words];
    private readonly ulong[] _all = new ulong[ChunkLayout.Words];

    /// <summary>Measures the sizes of the sets and of what they share.</summary>
    public GetSegmentOverlapResponse Measure()
    {
        var response = new GetSegmentOverlapResponse
        {
            Segments = { sets.Select(Describe) },
            Pairs = { Pairs() },
            EvaluationTime = sets[0].Now.ToTimestamp(),
            ErasedContacts = sets[0].State.ErasedContacts,
        };
        for (var chunk = 0; chunk < sets[0].ChunkCount; chunk++)
        {
            for (var i = 0; i < _words.Length; i++)
            {
                sets[i].CopyTo(chunk, _words[i]);
            }

            Combine();
            Add(response);
        }

        return response;
    }

    private OverlapSegment Describe(MatchSet matches) => new() { Text = FilterPrinter.Print(matches.Filter, names) };

    private IEnumerable<OverlapPair> Pairs() =>
        from first in Enumerable.Range(0, _words.Length)
        from second in Enumerable.Range(first + 1, _words.Length - first - 1)
        select new OverlapPair { First = first, Second = second };

    // A contact that was seen before and is seen again is in at least two of them.
    private void Combine()
    {
        _words[0].CopyTo(_once, 0);
        _words[0].CopyTo(_all, 0);
        _twice.AsSpan().Clear();
        foreach (var words in _words.AsSpan(1))
        {
            ChunkWords.And(_all, words);
            for (var i = 0; i < words.Length; i++)
            {
                _twice[i] |= _once[i] & words[i];
            }

            ChunkWords.Or(_once, words);
        }
    }

    private void Add(GetSegmentOverlapResponse response)
    {
        response.UnionCount += ChunkWords.Count(_once);
        response.IntersectionCount += ChunkWords.Count(_all);
        for (var i = 0; i < _words.Length; i++)
        {
            var count = ChunkWords.Count(_words[i]);
            response.Segments[i].Count += count;
            response.Segments[i].OnlyCount += count - ChunkWords.CountBoth(_words[i], _twice);
        }

        foreach (var pair in response.Pairs)
        {
            pair.Count += ChunkWords.CountBoth(_words[pair.First], _words[pair.Second]);
        }
    }
}
