using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing.Histories;

/// <summary>The protocol that keeps the index exact, and where a variant departs from it.</summary>
internal sealed record Protocol(string Name)
{
    /// <summary>The protocol as it is.</summary>
    public static readonly Protocol Right = new("right");

    /// <summary>Whether the replicas have too little memory for what they would keep.</summary>
    public bool IsShortOfMemory { get; init; }

    /// <summary>Writers take their position when they begin, not with their last statement.</summary>
    public bool DrawsPositionsEarly { get; init; }

    /// <summary>A read of the clocks that is under way also answers those who come later.</summary>
    public bool SharesClockReads { get; init; }

    /// <summary>A snapshot that is in use also answers those who come later.</summary>
    public bool SharesSnapshots { get; init; }

    /// <summary>Redis is read after the snapshot was opened.</summary>
    public bool ReadsRedisLate { get; init; }

    /// <summary>Makes the cache of a replica.</summary>
    public Func<RedisConnection, IndexMetrics, HistoryCache>? Cache { get; init; }

    /// <summary>Makes what brings tags to a snapshot.</summary>
    public Func<TagEntryCache, IndexMetrics, TagLoader>? Loader { get; init; }

    /// <summary>Makes what brings kept answers to a snapshot.</summary>
    public Func<LeafQueryLimits, AnswerLoader>? Answers { get; init; }

    /// <summary>What the names of an entry's keys end with.</summary>
    public IReadOnlyList<string> KeyEndings { get; init; } = [""];
}
