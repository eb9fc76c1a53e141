using CsCheck;

namespace TagSegments.Bitmaps.Tests;

public sealed class BitChunkTests
{
    [Fact]
    public void Every_form_follows_the_algebra_of_sets() => Gen.Select(Sets.Any, Sets.Any).Sample(
        (left, right) =>
        {
            var (a, b) = (FirstChunk(left), FirstChunk(right));
            var chunk = BitChunk.From(Words(b));

            Assert.Equal(a.Intersect(b).Order(), Apply(a, chunk.AndInto));
            Assert.Equal(a.Union(b).Order(), Apply(a, chunk.OrInto));
            Assert.Equal(a.Except(b).Order(), Apply(a, chunk.AndNotInto));
            Assert.Equal(b.Order(), Apply(a, chunk.CopyTo));
            Assert.Equal(Enumerable.Range(0, ChunkLayout.Bits).Except(a), Apply(a, ChunkWords.Not));
            Assert.Equal(a.Intersect(b).Count(), chunk.CountIn(Words(a)));
        },
        iter: 200);

    [Fact]
    public void Counts_and_tests_bits_in_every_form() => Sets.Any.Sample(
        set =>
        {
            var numbers = FirstChunk(set);
            var chunk = BitChunk.From(Words(numbers));

            Assert.Equal(numbers.Count, chunk.Count);
            Assert.All(Enumerable.Range(0, ChunkLayout.Bits), offset => Assert.Equal(numbers.Contains(offset), chunk.Contains(offset)));
        },
        iter: 30);

    [Fact]
    public void Selects_a_bit_by_its_rank_after_an_offset() => Gen.Select(Sets.Any, Gen.Int[0, ChunkLayout.Bits - 1]).Sample(
        (set, from) =>
        {
            var numbers = FirstChunk(set);
            var words = Words(numbers);
            var expected = numbers.Where(number => number >= from).Order().ToArray();

            Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(rank => ChunkWords.Select(words, from, rank)));
        },
        iter: 30);

    [Theory]
    [InlineData(1_000, 16, 2_100)]
    [InlineData(8_192, 2, 2_100)]
    [InlineData(14_000, 1, 60)]
    public void Takes_the_smallest_form(int count, int step, int bytesAtMost)
    {
        var chunk = BitChunk.From(Words([.. Enumerable.Range(0, count).Select(i => i * step)]));

        Assert.InRange(chunk.Bytes, 1, bytesAtMost);
    }

    [Fact]
    public void The_first_bit_is_the_highest_of_the_first_byte()
    {
        var bytes = new byte[ChunkLayout.Bytes];
        bytes[0] = 0b1000_0001;
        bytes[9] = 0b0100_0000;

        var editor = new BitmapEditor(Bitmap.Empty);
        editor.Add(0, bytes);

        Assert.Equal([0, 7, 73], editor.ToBitmap().After(-1));
    }

    private static HashSet<int> FirstChunk(HashSet<int> set) => [.. set.Where(number => number < ChunkLayout.Bits)];

    private static ulong[] Words(HashSet<int> numbers)
    {
        var words = new ulong[ChunkLayout.Words];
        foreach (var number in numbers)
        {
            ChunkWords.Set(words, number);
        }

        return words;
    }

    private static int[] Apply(HashSet<int> numbers, WordsAction action)
    {
        var words = Words(numbers);
        action(words);
        var result = new int[ChunkLayout.Bits];
        return result[..ChunkWords.Enumerate(words, 0, 0, result)];
    }

    private delegate void WordsAction(Span<ulong> words);
}
