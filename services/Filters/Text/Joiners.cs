using System.Globalization;
using System.Text;

namespace TagSegments.Filters.Text;

/// <summary>
/// The joiners U+200C and U+200D in names. Nobody sees them, but they are part of how Arabic letters, letters of India and emoji are written. Where they show, they
/// stay; where they show nothing beside such letters they are left out, so that two names which look the same are one. The rules follow UAX #31 (2.3) and
/// RFC 5892 (appendix A).
/// </summary>
public static class Joiners
{
    private const char NonJoiner = '\u200C';
    private const char Joiner = '\u200D';

    // Malayalam has letters of its own for what a letter, the virama and a joiner make.
    private static readonly (string Written, string Letter)[] s_chillus =
    [
        ("\u0D23\u0D4D\u200D", "\u0D7A"), ("\u0D28\u0D4D\u200D", "\u0D7B"), ("\u0D30\u0D4D\u200D", "\u0D7C"), ("\u0D32\u0D4D\u200D", "\u0D7D"), ("\u0D33\u0D4D\u200D", "\u0D7E"),
        ("\u0D15\u0D4D\u200D", "\u0D7F"),
    ];

    /// <summary>Leaves out the joiners that show nothing, if the text can be a name at all. Those that do not belong to the writing stay, for a check to refuse them.</summary>
    public static string Settle(string text)
    {
        if (text.Length > StoredName.Longest || !text.AsSpan().ContainsAny(NonJoiner, Joiner))
        {
            return text;
        }

        foreach (var (written, letter) in s_chillus)
        {
            text = text.Replace(written, letter, StringComparison.Ordinal);
        }

        for (var i = 0; i < text.Length;)
        {
            if (text[i] is NonJoiner or Joiner && !Shows(text, i) && IsBesideLetter(text, i))
            {
                text = text.Remove(i, 1);
            }
            else
            {
                i++;
            }
        }

        return EmojiJoins.Complete(text);
    }

    /// <summary>True if the character at a place is a joiner that changes how the characters beside it look.</summary>
    public static bool Shows(string text, int place)
    {
        var before = text.AsSpan(0, place);
        var after = text.AsSpan(place + 1);
        return text[place] switch
        {
            NonJoiner => (JoinsNext(Last(before)) && JoinsPrevious(First(after))) || IsBeforeLetter(before, after) || IsBeforeVirama(before, after),
            Joiner => JoinsNext(Last(before)) != JoinsPrevious(First(after)) || IsAfterVirama(before, after) || IsBeforeVirama(before, after) || EmojiJoins.Joins(before, after),
            _ => false,
        };
    }

    // Letters that are joined are parted, and letters that stand alone get the form of joined ones. Marks on them do not count.
    private static bool JoinsNext(Rune letter) => IsArabic(letter) && !IsLast(letter) && !IsAlone(letter);

    private static bool JoinsPrevious(Rune letter) => IsArabic(letter) && !IsAlone(letter);

    // The letters of Joining_Type R and U in Unicode: they join the one before them only, or none.
    private static bool IsLast(Rune letter) => letter.Value is (>= 0x0622 and <= 0x0625) or 0x0627 or 0x0629 or (>= 0x062F and <= 0x0632) or 0x0648 or (>= 0x0671 and <= 0x0673)
        or (>= 0x0675 and <= 0x0677) or (>= 0x0688 and <= 0x0699) or 0x06C0 or (>= 0x06C3 and <= 0x06CB) or 0x06CD or 0x06CF or 0x06D2 or 0x06D3 or 0x06D5 or 0x06EE or 0x06EF
        or 0x0710 or (>= 0x0715 and <= 0x0719) or 0x071E or 0x0728 or 0x072A or 0x072C or 0x072F or 0x074D or (>= 0x0759 and <= 0x075B) or 0x076B or 0x076C or 0x0771 or 0x0773
        or 0x0774 or 0x0778 or 0x0779 or (>= 0x0870 and <= 0x0882) or 0x088E or (>= 0x08AA and <= 0x08AC) or 0x08AE or 0x08B1 or 0x08B2 or 0x08B9;

    private static bool IsAlone(Rune letter) => letter.Value is 0x0621 or 0x0674 or 0x06E5 or 0x06E6 or 0x0887 or 0x08AD or 0x08C9;

    private static bool IsArabic(Rune rune) =>
        rune.Value is (>= 0x0620 and <= 0x06FF) or (>= 0x0710 and <= 0x077F) or (>= 0x0870 and <= 0x08FF) && Rune.IsLetter(rune);

    // A visible virama between two letters, instead of what they make together.
    private static bool IsBeforeLetter(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        before is [.., var virama] && after is [var next, ..] && IsVirama(virama) && IsSameScript(virama, next) && char.IsLetter(next);

    // Half a letter. A vowel has no place on it.
    private static bool IsAfterVirama(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        before is [.., var virama] && IsVirama(virama)
        && !(after is [var next, ..] && IsSameScript(virama, next) && char.GetUnicodeCategory(next) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    // The letter R has two forms before the virama in Bengali and Kannada, and letters of Sinhala touch each other so.
    private static bool IsBeforeVirama(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        before is [.., var letter] && after is [var virama, ..] && IsVirama(virama) && IsSameScript(letter, virama) && char.IsLetter(letter)
        && ((letter & 0x7F) == 0x30 || letter >= 0x0D80);

    private static bool IsIndic(char one) => one is >= '\u0900' and <= '\u0DFF';

    private static bool IsVirama(char one) => IsIndic(one) && (one < 0x0D80 ? (one & 0x7F) == 0x4D : one == 0x0DCA);

    // A script has 128 characters there.
    private static bool IsSameScript(char one, char other) => one >> 7 == other >> 7;

    private static bool IsBesideLetter(string text, int place) => IsOfJoiners(Last(text.AsSpan(0, place))) || IsOfJoiners(First(text.AsSpan(place + 1)));

    private static bool IsOfJoiners(Rune letter) => IsArabic(letter) || (letter.IsBmp && IsIndic((char)letter.Value));

    private static Rune Last(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            Rune.DecodeLastFromUtf16(text, out var rune, out var length);
            if (!IsMark(rune))
            {
                return rune;
            }

            text = text[..^length];
        }

        return default;
    }

    private static Rune First(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var length);
            if (!IsMark(rune))
            {
                return rune;
            }

            text = text[length..];
        }

        return default;
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
