using System.Buffers.Binary;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Spreads accounts evenly over partitions and partitions over processes. It does the latter by rendezvous hashing: a partition goes to the process
/// whose hash with it is highest. All processes that know the same others agree without asking, and when one comes or goes only its own
/// partitions move.
/// </summary>
internal static class Partitioner
{
    /// <summary>The number of partitions, and the most processes that can share accounts.</summary>
    public const int Partitions = 256;

    public static int PartitionOf(int accountId) => accountId % Partitions;

    public static Guid OwnerOf(int partition, IEnumerable<Guid> processes) => processes.MaxBy(process => (Weight(process, partition), process));

    private static ulong Weight(Guid process, int partition)
    {
        // The second half of a version 7 UUID is random.
        Span<byte> bytes = stackalloc byte[16];
        process.TryWriteBytes(bytes);
        return Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ Mix((ulong)partition));
    }

    // SplitMix64: every bit of the result depends on every bit of the value.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
