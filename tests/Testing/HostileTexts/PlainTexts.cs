using static TagSegments.Testing.HostileTexts.HostileText;

namespace TagSegments.Testing.HostileTexts;

/// <summary>Texts for names, addresses, dates, tokens and whatever else has no language of its own.</summary>
internal static class PlainTexts
{
    /// <summary>Becomes half of a surrogate pair on the wire, which no .NET text can carry there.</summary>
    public const char LoneSurrogate = '\ue000';

    /// <summary>Becomes bytes on the wire that are no UTF-8.</summary>
    public const char NoUtf8 = '\ue001';

    public static IReadOnlyList<HostileText> All { get; } =
    [
        Wide("a"),
        Wide(" "),
        Wide("\0"),
        Wide("\n"),
        Wide("\r\nBcc: c@d.example\r\n"),
        Wide("\u202e"),
        Wide("\u2066\u202e\u2069", "a", "b"),
        Wide("\u200b"),
        Wide("\u0301\u0327"),
        Wide("\u0327\u0301", "a"),
        Wide("\ufdfa"),
        Wide("\u0130\u00df\u0149"),
        Wide("\ud83d\udc68\u200d"),
        Wide("\ufeff"),
        Wide("\uffff"),
        Wide("\u1100\u1161\u11a8"),
        Wide(LoneSurrogate.ToString()),
        Wide(LoneSurrogate.ToString(), "a", "b"),
        Wide(NoUtf8.ToString()),
        Wide("9"),
        Wide("-9"),
        Wide("0.", "1"),
        Wide("%"),
        Wide("_"),
        Wide("\\"),
        Wide("'"),
        Wide("\""),
        Wide(","),
        Wide("/"),
        Wide("../"),
        Wide("@"),
        Wide("a.", "a@", "example"),
        Wide("a", "", "@example.com"),
        Wide("(", "", "@example.com"),
        Wide("<a@b.example>, "),
        Wide("=cmd|' /C calc'!A0"),
        Wide("<script>"),
        Deep("{\"a\":", "1", "}"),
        Deep("["),
        Deep("(a+)+"),
        Wide("a", "", "!"),
        Wide("A=="),
        Wide("A", "", "="),
        Wide("a", "https://", ".example/"),
        Wide("a", "https://x.example/"),
        Wide("@", "https://", "x.example"),
        Wide("%41", "https://x.example/"),
        Wide("0", "2026-01-01T00:00:00.", "Z"),
        Wide("0", "+49"),
        Fixed("1e999999999"),
        Fixed("-1e-999999999"),
        Fixed("NaN"),
        Fixed("0001-01-01"),
        Fixed("9999-12-31T23:59:59.9999999Z"),
        Fixed("-292277022657-01-27T08:29:52Z"),
        Fixed("2026-02-30"),
        Fixed("00:00:60.9999999999"),
        Fixed("a\0b"),
        Fixed("http://[::ffff:127.0.0.1]:5432/"),
        Fixed("../../../../etc/passwd"),
        Fixed("CON"),
        Fixed("'; DROP TABLE tags.tag; --"),
        new("random characters", (size, random) => string.Create(size, random, static (span, random) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)random.Next(1, 0xd800);
            }
        })),
    ];
}
