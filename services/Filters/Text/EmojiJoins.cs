using System.Collections.Frozen;
using System.Text;

namespace TagSegments.Filters.Text;

/// <summary>
/// The emoji that are several ones with a joiner between: the ones that Unicode recommends (emoji-zwj-sequences.txt, emoji-sequences.txt). Others look as if they had no joiner.
/// </summary>
public static class EmojiJoins
{
    private const string Adults = "👨👩🧑";
    private const string Children = "👦👧🧒";
    private const string Moving = "🏃🏄🏊🏋🏌👮👯👰👱👳👷💁💂💆💇🕵🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤼🤽🤾🦸🦹🧍🧎🧏🧔🧖🧗🧘🧙🧚🧛🧜🧝🧞🧟⛹";

    // These are letters in a line unless a selector says that they are emoji. It is often left out, and the whole looks the same.
    private const string Plain = "♀♂⚕⚖✈❤⚧☠❄↔↕➡⛓⛹🏳👁🗨🌫🕵🏋🏌";
    private const char Selector = '\uFE0F';

    private static readonly FrozenSet<(Rune, Rune)> s_joins = Pairs(
        (Adults, "⚕⚖✈🌾🍳🍼🎄🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦯🦰🦱🦲🦳🦼🦽🩰🐰🫯🤝❤" + Adults + Children),
        (Children, Children), ("🤝💋🐰🫯", Adults), ("❤", Adults + "💋"), ("🫱", "🫲"),
        (Moving, "♀♂"), ("🚶🏃🧎♀♂🦯🦼🦽", "➡"),
        ("🏳", "🌈⚧"), ("🏴", "☠"), ("👁", "🗨"), ("🐕", "🦺"), ("🐈", "⬛"), ("🐦", "⬛🔥"), ("🐻", "❄"), ("😮", "💨"), ("😵", "💫"), ("😶", "🌫"), ("🙂", "↔↕"),
        ("❤", "🔥🩹"), ("🍋", "🟩"), ("🍄", "🟫"), ("⛓", "💥"));

    private static readonly FrozenSet<Rune> s_plain = Plain.EnumerateRunes().ToFrozenSet();

    // England, Scotland and Wales, in the invisible letters of flags.
    private static readonly string[] s_flags = [Flag("gbeng"), Flag("gbsct"), Flag("gbwls")];

    /// <summary>True if a joiner between two texts makes one emoji of their ends.</summary>
    public static bool Joins(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        Rune.DecodeLastFromUtf16(before, out var first, out var length);
        if (first.Value == Selector || IsSkin(first))
        {
            Rune.DecodeLastFromUtf16(before[..^length], out first, out _);
        }

        Rune.DecodeFromUtf16(after, out var second, out _);
        return s_joins.Contains((first, second));
    }

    /// <summary>Adds the selectors that joined emoji lack.</summary>
    public static string Complete(string text)
    {
        var complete = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            complete.Append(text.AsSpan(i, length));
            var isJoined = Joins(text, i - 1) || Joins(text, i + length);
            i += length;
            Rune.DecodeFromUtf16(text.AsSpan(i), out var next, out _);
            if (isJoined && s_plain.Contains(rune) && next.Value != Selector && !IsSkin(next))
            {
                complete.Append(Selector);
            }
        }

        return complete.ToString();
    }

    /// <summary>Gives the length of the invisible letters of a flag that begin at a place; 0 if it has none.</summary>
    public static int LengthOfFlag(string text, int place)
    {
        var rest = text.AsSpan(place);
        foreach (var flag in text.AsSpan(0, place).EndsWith("🏴") ? s_flags : [])
        {
            if (rest.StartsWith(flag))
            {
                return flag.Length;
            }
        }

        return 0;
    }

    private static bool Joins(string text, int place) =>
        place > 0 && place < text.Length && text[place] == '\u200D' && Joins(text.AsSpan(0, place), text.AsSpan(place + 1));

    private static string Flag(string letters) => string.Concat(letters.Select(letter => char.ConvertFromUtf32(0xE0000 + letter))) + char.ConvertFromUtf32(0xE007F);

    private static bool IsSkin(Rune rune) => rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    private static FrozenSet<(Rune, Rune)> Pairs(params (string First, string Second)[] joins) =>
        joins.SelectMany(join => join.First.EnumerateRunes().SelectMany(first => join.Second.EnumerateRunes().Select(second => (first, second)))).ToFrozenSet();
}
