using System.Buffers;

namespace TagSegments.Csv;

/// <summary>
/// E-mail addresses as people and programs write them around the address itself: <c>Ann Lee &lt;ann@x.example&gt;</c>, <c>mailto:ann@x.example?subject=Hi</c>,
/// <c>'ann@x.example';</c>, <c>[ann@x.example](mailto:ann@x.example)</c>, <c>ann＠x.example</c>. A text with two addresses, or with
/// other words beside one, stays as it is.
/// </summary>
/// <param name="Address">The address; whoever uses it checks it.</param>
/// <param name="Name">The name beside it, first name first; empty if there is none.</param>
public sealed record WrittenAddress(string Address, string Name)
{
    private const string Scheme = "mailto:";
    private const int Longest = 1_000;
    private static readonly SearchValues<char> s_around = SearchValues.Create("<>()[]\",;:\\＠ \t\r\n\u00A0\u3000");
    private static readonly (char Open, char Close)[] s_pairs = [('<', '>'), ('"', '"'), ('\'', '\''), ('[', ']'), ('(', ')'), ('„', '“'), ('“', '”'), ('«', '»')];

    /// <summary>Returns the address in a text; the text itself if that is one, or if it is not clear which it is.</summary>
    public static string Of(string text) => Find(text)?.Address ?? text;

    /// <summary>Finds the address and the name in a text; null if the text is an address, or none is clear.</summary>
    public static WrittenAddress? Find(string text)
    {
        if (text.Length > Longest || text.AsSpan().IndexOfAny('@', '＠') < 0 || IsAddress(text))
        {
            return null;
        }

        var usual = WithoutEnds(Narrow(text));
        return Plain(usual) is { } address ? new(address, "") : Linked(usual) ?? Named(usual);
    }

    // "Ann Lee <ann@x.example>"; an address in place of the name must be the same.
    private static WrittenAddress? Named(string text)
    {
        var open = text.LastIndexOf('<');
        return open > 0 && text[^1] == '>' && Plain(text[open..]) is { } address && NameBeside(text[..open], address) is { } name ? new(address, name) : null;
    }

    // Links as Markdown has them, and as Access exports them: "ann@x.example#mailto:ann@x.example#".
    private static WrittenAddress? Linked(string text)
    {
        var (middle, isAccess) = (text.IndexOf("](", StringComparison.Ordinal), text is [.., '#'] && text.Contains($"#{Scheme}", StringComparison.OrdinalIgnoreCase));
        var (shown, link) = isAccess ? (text[..text.IndexOf('#', StringComparison.Ordinal)], text[(text.IndexOf('#', StringComparison.Ordinal) + 1)..^1])
            : middle > 0 && text is ['[', .., ')'] ? (text[1..middle], text[(middle + 2)..^1])
            : ("", "");
        return Plain(link) is { } address && NameBeside(shown, address) is { } name ? new(address, name) : null;
    }

    private static string? NameBeside(string text, string address)
    {
        var name = WithoutEnds(text);
        return (Plain(name) ?? name) == address || name.Equals(address, StringComparison.OrdinalIgnoreCase) ? ""
            : name.Contains('@', StringComparison.Ordinal) || name.Contains('<', StringComparison.Ordinal) ? null
            : !name.Any(char.IsLetter) ? ""
            : name.Split(',') is [var last, var first] ? $"{first.Trim()} {last.Trim()}".Trim()
            : name;
    }

    private static string? Plain(string text)
    {
        var bare = WithoutEnds(text);
        if (bare.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            bare = Uri.UnescapeDataString(bare[Scheme.Length..].Split('?')[0]).Trim();
        }

        return IsAddress(bare) ? bare : null;
    }

    // Pairs of marks around a text, and what separates it from the next one.
    private static string WithoutEnds(string text)
    {
        for (var bare = text.Trim(); ; bare = bare.Trim())
        {
            var before = bare.Length;
            bare = bare.TrimEnd(';', ',');
            foreach (var (open, close) in s_pairs)
            {
                if (bare.Length > 1 && bare[0] == open && bare[^1] == close && !bare.AsSpan(1, bare.Length - 2).ContainsAny(open, close))
                {
                    bare = bare[1..^1];
                }
            }

            if (bare.Length == before)
            {
                return bare;
            }
        }
    }

    private static bool IsAddress(string text) =>
        text.IndexOf('@', StringComparison.Ordinal) is var at and > 0 && at == text.LastIndexOf('@') && at < text.Length - 1
        && !text.AsSpan().ContainsAny(s_around) && text is not ['\'', .., '\''];

    // Letters and marks of the width of ideographs.
    private static string Narrow(string text) => !text.Contains('＠', StringComparison.Ordinal) ? text
        : string.Concat(text.Select(character => character is >= '！' and <= '～' ? (char)(character - '！' + '!') : character));
}
