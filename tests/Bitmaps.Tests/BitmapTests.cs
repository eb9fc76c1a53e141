using CsCheck;

namespace TagSegments.Bitmaps.Tests;

public sealed class BitmapTests
{
    [Fact]
    public void Holds_what_was_put_in() => Sets.Any.Sample(
        set =>
        {
            var bitmap = Bitmap.Of(set);

            Assert.Equal(set.Count, bitmap.Count);
            Assert.Equal(set.Order(), bitmap.After(-1));
            Assert.All(Enumerable.Range(0, 500).Select(i => i * 163), number => Assert.Equal(set.Contains(number), bitmap.Contains(number)));
        },
        iter: 100);

    [Fact]
    public void Lists_what_comes_after_a_number() => Gen.Select(Sets.Any, Gen.Int[-1, Sets.Limit]).Sample(
        (set, after) =>
        {
            var bitmap = Bitmap.Of(set);
            var expected = set.Where(number => number > after).Order().ToList();

            Assert.Equal(expected, bitmap.After(after));
            Assert.Equal(expected.Take(1_000), bitmap.Next(after, 1_000));
            Assert.Equal(set.DefaultIfEmpty(-1).Max(), bitmap.Last);
        },
        iter: 100);

    [Fact]
    public void Nothing_comes_after_the_greatest_possible_number() => Assert.Empty(Bitmap.Of(1, 2).Next(int.MaxValue, 10));

    [Fact]
    public void An_edit_changes_the_copy_and_not_the_original() => Gen.Select(Sets.Any, Sets.Any, Sets.Any).Sample(
        (set, added, removed) =>
        {
            var original = Bitmap.Of(set);
            var editor = new BitmapEditor(original);
            foreach (var number in added)
            {
                editor.Add(number);
            }

            foreach (var number in removed)
            {
                editor.Remove(number);
            }

            Assert.Equal(set.Union(added).Except(removed).Order(), editor.ToBitmap().After(-1));
            Assert.Equal(set.Order(), original.After(-1));
        },
        iter: 100);

    [Fact]
    public void An_edit_shares_the_chunks_it_does_not_touch()
    {
        var original = Bitmap.Of(1, ChunkLayout.Bits + 1, (2 * ChunkLayout.Bits) + 1);
        var editor = new BitmapEditor(original);
        editor.Add(ChunkLayout.Bits + 2);

        var edited = editor.ToBitmap();

        Assert.Same(original[0], edited[0]);
        Assert.NotSame(original[1], edited[1]);
        Assert.Same(original[2], edited[2]);
    }

    [Fact]
    public void Removing_the_last_numbers_drops_their_chunks()
    {
        var editor = new BitmapEditor(Bitmap.Of(1, 3 * ChunkLayout.Bits));
        editor.Remove(3 * ChunkLayout.Bits);

        Assert.Equal(1, editor.ToBitmap().ChunkCount);
    }

    [Fact]
    public void Whole_chunks_of_bits_are_added_and_removed() => Gen.Select(Sets.Any, Sets.Any).Sample(
        (set, other) =>
        {
            var bits = new byte[ChunkLayout.Bytes];
            foreach (var number in other.Where(number => number < ChunkLayout.Bits))
            {
                bits[number >> 3] |= (byte)(0x80 >> (number & 7));
            }

            var (adding, removing) = (new BitmapEditor(Bitmap.Of(set)), new BitmapEditor(Bitmap.Of(set)));
            adding.Add(0, bits);
            removing.Remove(0, bits);

            var inFirst = other.Where(number => number < ChunkLayout.Bits).ToHashSet();
            Assert.Equal(set.Union(inFirst).Order(), adding.ToBitmap().After(-1));
            Assert.Equal(set.Except(inFirst).Order(), removing.ToBitmap().After(-1));
        },
        iter: 100);
}
