using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories.Wrong;

/// <summary>A wrong variant: believes other positions than the protocol allows.</summary>
internal sealed class CredulousLoader(
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
}
