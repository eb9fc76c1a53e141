using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// One value for each contact, which is a time in ticks of UTC or the code of a number (<see cref="NumberCode"/>), 0 for none: an immutable
/// column in pages. Two versions share the pages in which they do not differ.
/// </summary>
internal sealed class OrderedColumn
{
    /// <summary>The column without any value.</summary>
    public static readonly OrderedColumn Empty = new([]);

    private const int PagesPerChunk = ChunkLayout.Bits / OrderedPage.Size;
    private readonly OrderedPage[] _pages;

    private OrderedColumn(OrderedPage[] pages)
    {
        _pages = pages;
        foreach (var page in pages)
        {
            Highest = Math.Max(Highest, page.Highest);
            Bytes += 96 + (page.Values.Length * (sizeof(long) + sizeof(ushort)));
        }
    }

    /// <summary>The highest value of all; 0 if there is none.</summary>
    public long Highest { get; }

    /// <summary>The bytes that the column takes in memory, roughly.</summary>
    public long Bytes { get; }

    /// <summary>Makes a column that differs in some pages, each given with all its values.</summary>
    public OrderedColumn With(IReadOnlyDictionary<int, long[]> touched)
    {
        var pages = new OrderedPage[Math.Max(_pages.Length, touched.Keys.Append(-1).Max() + 1)];
        _pages.CopyTo(pages, 0);
        pages.AsSpan(_pages.Length).Fill(OrderedPage.None);
        foreach (var (page, values) in touched)
        {
            pages[page] = new OrderedPage(values);
        }

        return new OrderedColumn(pages);
    }

    /// <summary>Copies the values of a page.</summary>
    public long[] Copy(int page) => PageOf(page).Values is { Length: > 0 } values ? [.. values] : new long[OrderedPage.Size];

    /// <summary>Whether no value in a chunk lies in a span.</summary>
    public bool IsEmpty(int chunk, long from, long until)
    {
        for (var i = 0; i < PagesPerChunk; i++)
        {
            if (!PageOf((chunk * PagesPerChunk) + i).IsEmpty(from, until))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes the contacts of a chunk whose value lies in a span.</summary>
    public void CopyTo(int chunk, long from, long until, Span<ulong> words)
    {
        words.Fill(ulong.MaxValue);
        AndInto(chunk, from, until, words);
    }

    /// <summary>Removes the contacts whose value is not in a span; reads the values of those still in only.</summary>
    public void AndInto(int chunk, long from, long until, Span<ulong> words)
    {
        for (var i = 0; i < PagesPerChunk; i++)
        {
            var page = PageOf((chunk * PagesPerChunk) + i);
            var part = words.Slice(i * OrderedPage.Words, OrderedPage.Words);
            if (page.IsEmpty(from, until))
            {
                part.Clear();
                continue;
            }

            for (var word = 0; word < part.Length; word++)
            {
                if (part[word] != 0)
                {
                    part[word] &= page.Word(word, from, until);
                }
            }
        }
    }

    private OrderedPage PageOf(int page) => page < _pages.Length ? _pages[page] : OrderedPage.None;
}
