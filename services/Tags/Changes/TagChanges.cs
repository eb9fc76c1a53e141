namespace TagSegments.Tags.Changes;

/// <summary>What a change of many contacts' bits really changed: the contacts' bits by chunk.</summary>
internal sealed record TagChanges(IReadOnlyDictionary<int, byte[]> Chunks)
{
    /// <summary>How many contacts really changed.</summary>
    public int Count => Chunks.Values.Sum(bits => ChunkBits.Count(bits));

    /// <summary>The contacts that really changed, ascending.</summary>
    public IEnumerable<int> Contacts => Chunks.OrderBy(chunk => chunk.Key).SelectMany(chunk => ChunkBits.Contacts(chunk.Key, chunk.Value));
}
