using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Answers;

namespace TagSegments.Segments.Tests.Index;

public sealed class OrderedColumnTests
{
    private static readonly long s_now = new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc).Ticks;

    // From one instant for all, and steps of one tick, to times that fill the whole scale.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000)]
    [InlineData(TimeSpan.TicksPerDay)]
    [InlineData(180 * TimeSpan.TicksPerDay)]
    [InlineData(2_000 * 365 * TimeSpan.TicksPerDay)]
    public void A_span_holds_the_contacts_whose_value_lies_in_it_whatever_is_decided_by_steps(long range)
    {
        var random = new Random(7);
        var times = new long[ChunkLayout.Bits];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = random.Next(3) == 0 ? 0 : s_now - random.NextInt64(range);
        }

        var column = OrderedColumn.Empty.With(SecondChunk(times));
        for (var round = 0; round < 200; round++)
        {
            var (from, until) = (Bound(random, times), random.Next(2) == 0 ? long.MaxValue : Bound(random, times));
            var expected = Enumerable.Range(0, times.Length).Where(i => times[i] > 0 && times[i] >= from && times[i] < until);
            Assert.Equal(expected, Found(column, from, until));
        }
    }

    [Fact]
    public void Nobody_has_a_value_in_a_chunk_without_values()
    {
        Assert.True(OrderedColumn.Empty.IsEmpty(0, 1, long.MaxValue));
        Assert.True(OrderedColumn.Empty.With(SecondChunk(new long[ChunkLayout.Bits])).IsEmpty(1, 1, long.MaxValue));
    }

    private static Dictionary<int, long[]> SecondChunk(long[] times) => times.Chunk(OrderedPage.Size).Index()
        .ToDictionary(page => (ChunkLayout.Bits / OrderedPage.Size) + page.Index, page => page.Item);

    // The times themselves, their neighbours, the ends of steps and times outside.
    private static long Bound(Random random, long[] times) => random.Next(6) switch
    {
        0 => 1,
        1 => s_now + 1,
        _ => Math.Max(1, times[random.Next(times.Length)] + random.Next(-1, 2)),
    };

    private static IEnumerable<int> Found(OrderedColumn column, long from, long until)
    {
        var (copied, kept) = (new ulong[ChunkLayout.Words], new ulong[ChunkLayout.Words]);
        Array.Fill(kept, ulong.MaxValue);
        column.CopyTo(1, from, until, copied);
        column.AndInto(1, from, until, kept);
        Assert.Equal(copied, kept);
        return Enumerable.Range(0, ChunkLayout.Bits).Where(i => ChunkWords.Contains(copied, i));
    }
}
