using CsCheck;

namespace TagSegments.Bitmaps.Tests;

public sealed class BitmapCodecTests
{
    private static readonly byte[] s_header = [1, 2, 3, 4, 5];

    [Fact]
    public void Reads_back_what_it_wrote() => Sets.Any.Sample(
        set =>
        {
            var bytes = BitmapCodec.Encode(Bitmap.Of(set), s_header);

            var read = BitmapCodec.TryDecode(bytes, s_header.Length);

            Assert.Equal(set.Count, read!.Count);
            Assert.Equal(set.Order(), read.After(-1));
            Assert.Equal(s_header, bytes[..s_header.Length]);
        },
        iter: 100);

    [Fact]
    public void Refuses_a_changed_byte_anywhere() => Gen.Select(Sets.Any, Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
        (set, position, change) =>
        {
            var bytes = BitmapCodec.Encode(Bitmap.Of(set), s_header);
            bytes[position % bytes.Length] ^= change;

            Assert.Null(BitmapCodec.TryDecode(bytes, s_header.Length));
        },
        iter: 200);

    [Fact]
    public void Refuses_a_value_cut_short() => Gen.Select(Sets.Any, Gen.Int[0, int.MaxValue]).Sample(
        (set, length) =>
        {
            var bytes = BitmapCodec.Encode(Bitmap.Of(set), s_header);

            Assert.Null(BitmapCodec.TryDecode(bytes.AsSpan(0, length % bytes.Length), s_header.Length));
        },
        iter: 200);

    [Theory]
    [InlineData(0.5, 0.3)]
    [InlineData(0.05, 1.3)]
    [InlineData(0.01, 1.4)]
    public void Takes_few_bytes_per_number(double density, double bytesPerNumber)
    {
        var random = new Random(7);
        var bitmap = Bitmap.Of(Enumerable.Range(0, 20 * ChunkLayout.Bits).Where(_ => random.NextDouble() < density));

        Assert.InRange(BitmapCodec.Encode(bitmap, []).Length / (double)bitmap.Count, 0, bytesPerNumber);
    }
}
