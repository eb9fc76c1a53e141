using CsCheck;

namespace TagSegments.Bitmaps.Tests;

/// <summary>Random sets of the shapes that tags have: few, many, blocks, nearly all.</summary>
internal static class Sets
{
    public const int Limit = 5 * ChunkLayout.Bits;

    private static readonly Gen<int> s_number = Gen.Int[0, Limit - 1];

    private static readonly Gen<int[]> s_few = s_number.Array[0, 50];

    private static readonly Gen<int[]> s_many = s_number.Array[1_000, 30_000];

    private static readonly Gen<int[]> s_blocks = Gen.Select(s_number, Gen.Int[1, 20_000]).Array[1, 8].Select(blocks =>
        blocks.SelectMany(block => Enumerable.Range(block.Item1, Math.Min(block.Item2, Limit - block.Item1))).ToArray());

    private static readonly Gen<int[]> s_nearlyAll = s_few.Select(numbers => Enumerable.Range(0, Limit).Except(numbers).ToArray());

    public static readonly Gen<HashSet<int>> Any = Gen.Frequency((2, s_few), (2, s_many), (3, s_blocks), (1, s_nearlyAll)).Select(numbers => numbers.ToHashSet());
}
