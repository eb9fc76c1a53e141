using System.Runtime.InteropServices;

namespace TagSegments.Bitmaps.Tests;

public sealed class BitmapBuilderTests
{
    [Fact]
    public void Chunks_in_any_order_make_the_set_that_has_them()
    {
        var random = new Random(3);
        for (var round = 0; round < 50; round++)
        {
            var set = Bitmap.Of(Enumerable.Range(0, random.Next(1, 5_000)).Select(_ => random.Next(10 * ChunkLayout.Bits)).Distinct());
            var builder = new BitmapBuilder();
            foreach (var chunk in Enumerable.Range(0, set.ChunkCount).OrderBy(_ => random.Next()))
            {
                var words = new ulong[ChunkLayout.Words];
                set[chunk].CopyTo(words);
                builder.Add(chunk, MemoryMarshal.AsBytes<ulong>(words));
            }

            Assert.Equal(set.After(-1), builder.ToBitmap().After(-1));
            Assert.Equal(set.Count, builder.ToBitmap().Count);
        }
    }

    // Every kind of chunk: few bits, long runs, runs over the ends of words and of the chunk, and noise.
    [Fact]
    public void Runs_and_offsets_are_those_of_the_bits()
    {
        var random = new Random(4);
        for (var round = 0; round < 500; round++)
        {
            var words = new ulong[ChunkLayout.Words];
            var expected = new SortedSet<int>();
            for (var run = random.Next(0, 40); run > 0; run--)
            {
                var first = random.Next(ChunkLayout.Bits);
                var last = Math.Min(ChunkLayout.Bits - 1, first + random.Next(round % 2 == 0 ? 3 : 2_000));
                expected.UnionWith(Enumerable.Range(first, last - first + 1));
            }

            foreach (var bit in expected)
            {
                ChunkWords.Set(words, bit);
            }

            var offsets = new ushort[expected.Count];
            ChunkWords.Enumerate(words, offsets);
            Assert.Equal(expected, offsets.Select(offset => (int)offset));

            var bounds = new ushort[ChunkWords.CountRuns(words) * 2];
            ChunkWords.EnumerateRuns(words, bounds);
            Assert.Equal(expected, bounds.Chunk(2).SelectMany(run => Enumerable.Range(run[0], run[1] - run[0] + 1)));
        }
    }
}
