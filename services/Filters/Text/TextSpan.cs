using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

/// <summary>A part of a text, from its first character until the one after its last, counted in UTF-16 units.</summary>
public readonly record struct TextSpan(string Text, int Start, int End)
{
    private const int Longest = 40;

    /// <summary>The line of the first character, from 1.</summary>
    public int Line => 1 + Text.AsSpan(0, Start).Count('\n');

    /// <summary>The column of the first character in its line, from 1.</summary>
    public int Column => Start - Text.AsSpan(0, Start).LastIndexOf('\n');

    /// <summary>The part itself, cut to a length that fits into a message.</summary>
    public string Excerpt => MessageText.Short(Text[Start..End].Trim(), Longest);
}
