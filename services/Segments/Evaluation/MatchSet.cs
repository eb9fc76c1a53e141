using System.Buffers;
using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// The contacts that match a filter in one state of an account at one <c>now</c>. It is complete: every question to it, at any later time, needs
/// no database and gets one consistent answer. Not for several threads at once.
/// </summary>
internal sealed class MatchSet(DateTimeOffset now, AccountState state, Plan plan)
{
    private readonly Bitmap _living = state.Living;
    private readonly AndNode _root = new([.. plan.Root is AndNode root ? root.Members : [plan.Root], new SetNode(state.Living)]);

    /// <summary>The one <c>now</c>.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The state evaluated.</summary>
    public AccountState State => state;

    /// <summary>The question that it answers.</summary>
    public Question Question => plan.Question;

    /// <summary>The filter evaluated.</summary>
    public Filter Filter => plan.Question.Filter;

    /// <summary>How many chunks there are.</summary>
    public int ChunkCount => _living.ChunkCount;

    /// <summary>The saved segments that took part.</summary>
    public IReadOnlyList<SegmentVersion> Versions => plan.Versions;

    private Plan Plan => plan;

    /// <summary>Gets the contacts of this set that are not in another set of the same state.</summary>
    public MatchSet Except(MatchSet other) =>
        new(now, state, plan with { Root = new AndNode([plan.Root, new NotNode(other.Plan.Root)]) });

    /// <summary>Makes a set of the same state with another answer.</summary>
    public MatchSet With(Bitmap answer) => new(now, state, plan with { Root = new SetNode(answer) });

    /// <summary>Gets the plan of a node of the filter, if the plan was made node by node.</summary>
    public ChunkNode NodeOf(Filter filter) => (ChunkNode)plan.Nodes[filter];

    /// <summary>Whether no contact of a chunk can match; true is certain, false is not.</summary>
    public bool IsEmpty(int chunk) => _root.IsEmpty(chunk);

    /// <summary>Writes the contacts of a chunk that match, over the content of the buffer.</summary>
    public void CopyTo(int chunk, Span<ulong> words) => _root.CopyTo(chunk, words);

    /// <summary>Counts the contacts that match.</summary>
    public int Count()
    {
        using var words = ChunkBuffers.Current.Take();
        var count = 0;
        for (var chunk = 0; chunk < _living.ChunkCount; chunk++)
        {
            count += _root.Count(chunk, words.Words);
        }

        return count;
    }

    /// <summary>
    /// Gets at most <paramref name="limit"/> matching contacts after <paramref name="after"/>, ascending, without the first <paramref name="skip"/> of them.
    /// </summary>
    public int[] Page(int after, int limit, int skip = 0)
    {
        var numbers = ArrayPool<int>.Shared.Rent(limit);
        using var words = ChunkBuffers.Current.Take();
        var found = 0;
        var start = after + 1;
        for (var chunk = ChunkLayout.ChunkOf(start); chunk < _living.ChunkCount && found < limit; chunk++)
        {
            if (_root.IsEmpty(chunk))
            {
                continue;
            }

            var first = chunk * ChunkLayout.Bits;
            var from = Math.Max(0, start - first);
            _root.CopyTo(chunk, words.Words);
            if (skip > 0)
            {
                var count = ChunkWords.CountRun(words.Words, from, ChunkLayout.Bits - 1);
                if (skip >= count)
                {
                    skip -= count;
                    continue;
                }

                (from, skip) = (ChunkWords.Select(words.Words, from, skip), 0);
            }

            found += ChunkWords.Enumerate(words.Words, first, from, numbers.AsSpan(found, limit - found));
        }

        var page = numbers[..found];
        ArrayPool<int>.Shared.Return(numbers);
        return page;
    }

    /// <summary>
    /// Gets at most <paramref name="limit"/> matching contacts before <paramref name="before"/>, descending, without the first <paramref name="skip"/> of them.
    /// </summary>
    public int[] PageDown(int before, int limit, int skip = 0)
    {
        var numbers = new List<int>();
        var found = ArrayPool<int>.Shared.Rent(ChunkLayout.Bits);
        using var words = ChunkBuffers.Current.Take();
        var last = before - 1;
        for (var chunk = Math.Min(ChunkLayout.ChunkOf(last), _living.ChunkCount - 1); chunk >= 0 && numbers.Count < limit; chunk--)
        {
            if (_root.IsEmpty(chunk))
            {
                continue;
            }

            var first = chunk * ChunkLayout.Bits;
            _root.CopyTo(chunk, words.Words);
            var count = ChunkWords.CountRun(words.Words, 0, Math.Min(last - first, ChunkLayout.Bits - 1));
            var wanted = Math.Min(count - skip, limit - numbers.Count);
            if (wanted > 0)
            {
                ChunkWords.Enumerate(words.Words, first, 0, found.AsSpan(0, count - skip));
                var page = found.AsSpan(count - skip - wanted, wanted);
                page.Reverse();
                numbers.AddRange(page);
            }

            skip = Math.Max(0, skip - count);
        }

        ArrayPool<int>.Shared.Return(found);
        return [.. numbers];
    }

    /// <summary>Filters contacts, in the order given, by whether they match.</summary>
    public IEnumerable<int> Match(IEnumerable<int> contactIds)
    {
        var matches = ToBitmap(contactIds.Where(contactId => contactId > 0).Select(ChunkLayout.ChunkOf));
        return contactIds.Where(contactId => contactId > 0 && matches.Contains(contactId));
    }

    /// <summary>Gets all contacts that match.</summary>
    public Bitmap ToBitmap() => ToBitmap(Enumerable.Range(0, _living.ChunkCount));

    private Bitmap ToBitmap(IEnumerable<int> chunks)
    {
        var result = new BitmapEditor(Bitmap.Empty);
        foreach (var chunk in chunks.Where(chunk => chunk < _living.ChunkCount && !_root.IsEmpty(chunk)).Distinct())
        {
            _root.CopyTo(chunk, result.Words(chunk));
        }

        return result.ToBitmap();
    }
}
