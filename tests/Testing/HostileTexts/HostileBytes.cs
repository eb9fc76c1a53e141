namespace TagSegments.Testing.HostileTexts;

/// <summary>Requests that are no messages, or messages of a shape that no client makes.</summary>
internal static class HostileBytes
{
    public static IReadOnlyList<(string Name, Func<int, Random, byte[]> Make)> All { get; } =
    [
        ("random bytes", HostileFiles.Bytes),
        ("groups in groups", (size, _) => Repeat([0x0B], size)),
        ("fields that are unknown", (size, _) => Repeat([0xF8, 0x7F, 0x01], size)),
        ("a length without an end", (_, _) => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x61]),
        ("a number without an end", (size, _) => Repeat([0xFF], size)),
        ("the same field again and again", (size, _) => Repeat([0x12, 0x00], size)),
        ("the same text again and again", (size, _) => Repeat([0x0A, 0x01, 0x61], size)),
        ("messages in messages by field 2", (size, _) => Nested(0x12, Math.Min(size, 100_000))),
        ("messages in messages by field 3", (size, _) => Nested(0x1A, Math.Min(size, 100_000))),
        ("numbers in one list", (size, _) => [0x12, .. Varint(size), .. Repeat([0x01], size)]),
    ];

    private static byte[] Repeat(byte[] unit, int size) => [.. Enumerable.Range(0, Math.Max(1, size / unit.Length)).SelectMany(_ => unit)];

    // Written from the innermost message to the outermost, backwards.
    private static byte[] Nested(byte tag, int size)
    {
        var bytes = new byte[size + 10];
        var start = bytes.Length;
        while (start > 10)
        {
            var length = Varint(bytes.Length - start);
            start -= length.Length + 1;
            bytes[start] = tag;
            length.CopyTo(bytes, start + 1);
        }

        return bytes[start..];
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (var rest = (uint)value; ; rest >>= 7)
        {
            bytes.Add((byte)(rest < 0x80 ? rest : rest | 0x80));
            if (rest < 0x80)
            {
                return [.. bytes];
            }
        }
    }
}
