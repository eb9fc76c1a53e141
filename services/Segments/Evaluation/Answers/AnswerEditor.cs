using System.Runtime.InteropServices;
using TagSegments.Bitmaps;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// Adds the answers of PostgreSQL about a leaf to the kept one: about everyone, or about some <paramref name="candidates"/>.
/// </summary>
internal sealed class AnswerEditor(Leaf leaf, KeptAnswer before, int[]? candidates)
{
    private readonly BitmapEditor _contacts = new(candidates is null ? Bitmap.Empty : before.Contacts);
    private readonly OrderedColumn _values = candidates is null ? OrderedColumn.Empty : before.Values;
    private readonly Dictionary<int, long[]> _touched = [];
    private int _lastPage = -1;
    private long[] _last = [];

    /// <summary>The leaf.</summary>
    public Leaf Leaf => leaf;

    /// <summary>Forgets the kept answer about the candidates.</summary>
    public AnswerEditor Begin()
    {
        foreach (var contactId in candidates ?? [])
        {
            if (leaf.Value is null)
            {
                _contacts.Remove(contactId);
            }
            else
            {
                ValueOf(contactId) = 0;
            }
        }

        return this;
    }

    /// <summary>Notes that a contact is among the answer, and its time in ticks or the code of its number, if the leaf asks for one.</summary>
    public void Add(int contactId, long value)
    {
        if (leaf.Value is null)
        {
            _contacts.Add(contactId);
            return;
        }

        ref var kept = ref ValueOf(contactId);
        kept = kept == 0 || value < kept == leaf.Value is LeafTime { Earliest: true } ? value : kept;
    }

    /// <summary>Notes that the contacts of some bits of a chunk are.</summary>
    public void Add(int chunk, ReadOnlySpan<byte> bits, long ticks)
    {
        if (leaf.Value is null)
        {
            _contacts.Add(chunk, bits);
            return;
        }

        var offsets = new int[ChunkLayout.Bits];
        var count = ChunkWords.Enumerate(MemoryMarshal.Cast<byte, ulong>(bits), chunk * ChunkLayout.Bits, 0, offsets);
        foreach (var contactId in offsets.AsSpan(0, count))
        {
            Add(contactId, ticks);
        }
    }

    /// <summary>Makes the answer.</summary>
    public KeptAnswer ToAnswer()
    {
        var answer = before with { Contacts = _contacts.ToBitmap(), Values = _values.With(_touched) };
        return candidates is null
            ? answer with { IsWhole = true, But = Bitmap.Empty }
            : answer with { But = Learn(candidates) };
    }

    private Bitmap Learn(int[] contactIds)
    {
        var but = new BitmapEditor(before.But);
        foreach (var contactId in contactIds)
        {
            (before.IsWhole ? (Action<int>)but.Remove : but.Add)(contactId);
        }

        return but.ToBitmap();
    }

    private ref long ValueOf(int contactId)
    {
        var page = contactId / OrderedPage.Size;
        if (page != _lastPage)
        {
            if (!_touched.TryGetValue(page, out var values))
            {
                _touched[page] = values = _values.Copy(page);
            }

            (_lastPage, _last) = (page, values);
        }

        return ref _last[contactId % OrderedPage.Size];
    }
}
