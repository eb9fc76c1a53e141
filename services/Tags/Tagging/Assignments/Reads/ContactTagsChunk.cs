using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// The tags of a chunk's contacts at a position of the account's clock, turned from bits per tag to tags per contact. It is brought up to
/// date with the change log, by one reader at a time.
/// </summary>
/// <param name="position">The position that it was read at.</param>
/// <param name="tagIds">The tags of each contact of the chunk.</param>
internal sealed class ContactTagsChunk(ClockPosition position, int[][] tagIds)
{
    // An array without numbers is shared; one with some takes 24 bytes besides them.
    private long _bytes = (8L * tagIds.Length) + tagIds.Sum(BytesOf);

    /// <summary>The bytes that the chunk takes in memory, about.</summary>
    public long Bytes => _bytes;

    /// <summary>The position up to which changes are applied.</summary>
    public ClockPosition Position { get; private set; } = position;

    /// <summary>The tags of a contact.</summary>
    public int[] TagsOf(int contactId) => tagIds[contactId % ChunkLayout.Bits];

    /// <summary>Applies a change at a later position; the arrays given out before stay as they are.</summary>
    public void Apply(int tagId, bool on, int contactId)
    {
        var tags = tagIds[contactId % ChunkLayout.Bits];
        if (tags.Contains(tagId) != on)
        {
            int[] changed = on ? [.. tags, tagId] : [.. tags.Where(id => id != tagId)];
            tagIds[contactId % ChunkLayout.Bits] = changed;
            _bytes += BytesOf(changed) - BytesOf(tags);
        }
    }

    /// <summary>Notes that every change up to a position has been applied.</summary>
    public void Advance(ClockPosition upTo) => Position = upTo;

    private static long BytesOf(int[] tags) => tags.Length == 0 ? 0 : 24 + (sizeof(int) * tags.Length);
}
