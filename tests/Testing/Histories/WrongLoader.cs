using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories;

/// <summary>A wrong variant: believes other positions than the protocol allows.</summary>
internal sealed class WrongLoader(
    TagEntryCache cache, IndexMetrics metrics, Func<Snapshot, ClockPosition, bool, bool> believes)
    : TagLoader(cache, metrics, NullLogger<TagLoader>.Instance)
{
    protected override async Task<IReadOnlySet<ClockPosition>> UsableAsync(
        Snapshot snapshot, IReadOnlySet<ClockPosition> positions, CancellationToken ct)
    {
        var known = await snapshot.KnownAsync(positions, ct);
        known.UnionWith([default, snapshot.Clocks.Records]);
        return positions.Where(position => believes(snapshot, position, known.Contains(position))).ToHashSet();
    }

    /// <summary>Takes an entry for true if its position lies in the past, whatever its nonce.</summary>
    public static Protocol ByPositionOnly { get; } = new()
    {
        Loader = (cache, metrics) => new WrongLoader(
            cache, metrics, (snapshot, position, _) => position.Pos <= snapshot.Clocks.Records.Pos && position.Pos >= snapshot.Clocks.Floor),
    };

    /// <summary>Applies the log to entries that are older than the log.</summary>
    public static Protocol WithoutFloor { get; } = new()
    {
        Loader = (cache, metrics) => new WrongLoader(cache, metrics, (_, _, known) => known),
    };
}
