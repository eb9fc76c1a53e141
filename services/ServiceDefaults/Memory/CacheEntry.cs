namespace TagSegments.ServiceDefaults.Memory;

/// <summary>An entry of a cache, as its budget sees it. The budget's lock guards all but the kind.</summary>
internal abstract class CacheEntry
{
    protected CacheEntry(string kind) => (Kind, Place) = (kind, new LinkedListNode<CacheEntry>(this));

    /// <summary>The name of the cache.</summary>
    public string Kind { get; }

    /// <summary>The place among all entries of the budget in the order of their last use.</summary>
    public LinkedListNode<CacheEntry> Place { get; }

    /// <summary>What it weighed when it was last used.</summary>
    public long Bytes { get; set; }

    /// <summary>When it was last used.</summary>
    public long UsedAt { get; set; }

    /// <summary>Whether it has left its cache, for good.</summary>
    public bool IsGone { get; set; }

    /// <summary>Takes it out of its cache.</summary>
    public abstract void LeaveCache();
}
