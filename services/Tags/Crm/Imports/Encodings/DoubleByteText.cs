namespace TagSegments.Tags.Crm.Imports.Encodings;

/// <summary>
/// Text in which two bytes are a character of Chinese, Japanese or Korean. A few of them tell little, and read as another encoding they are nonsense that nobody
/// notices at once.
/// </summary>
internal static class DoubleByteText
{
    // A first byte that tells is no letter of Western text.
    private static readonly (string Name, Func<byte, bool> IsLead, Func<byte, bool> IsTrail, Func<byte, bool> Tells)[] s_encodings =
    [
        ("shift_jis", one => one is (>= 0x81 and <= 0x9F) or (>= 0xE0 and <= 0xEA), one => one is (>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFC), one => one <= 0x9F),
        ("gb18030", one => one is >= 0xA1 and <= 0xF7, one => one is >= 0xA1 and <= 0xFE, _ => true),
        ("big5", one => one is >= 0xA1 and <= 0xF9, one => one is (>= 0x40 and <= 0x7E) or (>= 0xA1 and <= 0xFE), one => one <= 0xBF),
        ("euc-kr", one => one is >= 0xA1 and <= 0xFD, one => one is >= 0xA1 and <= 0xFE, _ => true),
        ("euc-jp", one => one is >= 0xA1 and <= 0xF4, one => one is >= 0xA1 and <= 0xFE, _ => true),
    ];

    /// <summary>Names the encodings that a text may be in: all its other characters are pairs, and some stand together, which letters of Western text do not.</summary>
    public static string[] Candidates(ReadOnlySpan<byte> text)
    {
        var candidates = new List<string>();
        foreach (var (name, isLead, isTrail, tells) in s_encodings)
        {
            if (Fits(text, isLead, isTrail, tells))
            {
                candidates.Add(name);
            }
        }

        return [.. candidates];
    }

    private static bool Fits(ReadOnlySpan<byte> text, Func<byte, bool> isLead, Func<byte, bool> isTrail, Func<byte, bool> tells)
    {
        var (isAfterPair, stand, told) = (false, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] < 0x80)
            {
                isAfterPair = false;
                continue;
            }

            if (i + 1 == text.Length || !isLead(text[i]) || !isTrail(text[i + 1]))
            {
                return false;
            }

            var telling = tells(text[i]);
            stand |= isAfterPair && (telling || told);
            (isAfterPair, told) = (true, telling);
            i++;
        }

        return stand;
    }
}
