using System.Buffers.Binary;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// Spreads accounts evenly over processes by rendezvous hashing: an account goes to the process whose hash with it is highest. All processes
/// that know the same others agree without asking, and when one comes or goes only its own accounts move.
/// </summary>
internal static class AccountPartitioner
{
    public static Guid OwnerOf(int accountId, IEnumerable<Guid> processes) => processes.MaxBy(process => (Weight(process, accountId), process));

    private static ulong Weight(Guid process, int accountId)
    {
        // The second half of a version 7 UUID is random.
        Span<byte> bytes = stackalloc byte[16];
        process.TryWriteBytes(bytes);
        return Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ Mix((ulong)accountId));
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
