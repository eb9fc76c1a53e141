namespace TagSegments.Tags.Changes;

/// <summary>The bits of the contacts that a change of many contacts actually changed, by chunk.</summary>
internal sealed record TagChanges(IReadOnlyDictionary<int, byte[]> Chunks)
{
    /// <summary>The number of contacts that actually changed.</summary>
    public int Count => Chunks.Values.Sum(bits => ChunkBits.Count(bits));

    /// <summary>The contacts that really changed, ascending.</summary>
    public IEnumerable<int> Contacts => Chunks.OrderBy(chunk => chunk.Key).SelectMany(chunk => ChunkBits.Contacts(chunk.Key, chunk.Value));
}
