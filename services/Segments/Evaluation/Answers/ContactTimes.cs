using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// One time for each contact, as ticks in UTC, 0 for never: an immutable column in pages. Two versions share the pages in which they do not
/// differ.
/// </summary>
internal sealed class ContactTimes
{
    /// <summary>The column without any time.</summary>
    public static readonly ContactTimes Empty = new([]);

    private const int PagesPerChunk = ChunkLayout.Bits / TimesPage.Size;
    private readonly TimesPage[] _pages;

    private ContactTimes(TimesPage[] pages)
    {
        _pages = pages;
        foreach (var page in pages)
        {
            Latest = Math.Max(Latest, page.Latest);
            Bytes += 96 + (page.Times.Length * (sizeof(long) + sizeof(ushort)));
        }
    }

    /// <summary>The latest time of all; 0 if there is none.</summary>
    public long Latest { get; }

    /// <summary>The bytes that the column takes in memory, roughly.</summary>
    public long Bytes { get; }

    /// <summary>Makes a column that differs in some pages, each given with all its times.</summary>
    public ContactTimes With(IReadOnlyDictionary<int, long[]> touched)
    {
        var pages = new TimesPage[Math.Max(_pages.Length, touched.Keys.Append(-1).Max() + 1)];
        _pages.CopyTo(pages, 0);
        pages.AsSpan(_pages.Length).Fill(TimesPage.None);
        foreach (var (page, times) in touched)
        {
            pages[page] = new TimesPage(times);
        }

        return new ContactTimes(pages);
    }

    /// <summary>Copies the times of a page.</summary>
    public long[] Copy(int page) => PageOf(page).Times is { Length: > 0 } times ? [.. times] : new long[TimesPage.Size];

    /// <summary>Whether no time in a chunk lies in a span.</summary>
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

    /// <summary>Writes the contacts of a chunk whose time lies in a span.</summary>
    public void CopyTo(int chunk, long from, long until, Span<ulong> words)
    {
        words.Fill(ulong.MaxValue);
        AndInto(chunk, from, until, words);
    }

    /// <summary>Removes the contacts whose time is not in a span; reads the times of those still in only.</summary>
    public void AndInto(int chunk, long from, long until, Span<ulong> words)
    {
        for (var i = 0; i < PagesPerChunk; i++)
        {
            var page = PageOf((chunk * PagesPerChunk) + i);
            var part = words.Slice(i * TimesPage.Words, TimesPage.Words);
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

    private TimesPage PageOf(int page) => page < _pages.Length ? _pages[page] : TimesPage.None;
}
