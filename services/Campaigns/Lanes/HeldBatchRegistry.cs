using System.Collections.Concurrent;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Knows all batches that this process holds.</summary>
internal sealed class HeldBatchRegistry
{
    private readonly ConcurrentDictionary<HeldBatches, byte> _held = new();

    /// <summary>The batches whose leases are renewed.</summary>
    public IReadOnlyList<Batch> Batches => [.. _held.Keys.Where(held => !held.IsBroken).SelectMany(held => held.Batches)];

    public HeldBatches Add(IReadOnlyList<Batch> batches)
    {
        var held = new HeldBatches(batches);
        _held[held] = 0;
        return held;
    }

    public void Remove(HeldBatches held) => _held.TryRemove(held, out _);
}
