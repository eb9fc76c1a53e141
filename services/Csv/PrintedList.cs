using System.Buffers;
using System.Globalization;
using System.Text;

namespace TagSegments.Csv;

/// <summary>
/// Lists as programs and databases print them: <c>["VIP", "News, weekly"]</c> (JSON), <c>['VIP', 'News']</c> (Python, Ruby) and <c>{VIP,"News, weekly"}</c>
/// (PostgreSQL). A backslash takes the next character as it is, but for <c>\u00e9</c>.
/// </summary>
internal static class PrintedList
{
    private static readonly SearchValues<char> s_marks = SearchValues.Create("\"[]{}:=\\");

    /// <summary>Returns the items that are not empty; null for any other text.</summary>
    public static string[]? Read(string text)
    {
        var list = text.AsSpan().Trim();
        if (list is not (['[', .., ']'] or ['{', .., '}']))
        {
            return null;
        }

        var items = new List<string>();
        var rest = list[1..^1].Trim();
        while (!rest.IsEmpty)
        {
            if (Item(rest, list[0] == '{', out var length) is not { } item)
            {
                return null;
            }

            items.AddRange(item.Length > 0 ? [item] : []);
            rest = rest[length..].TrimStart();
            if (!rest.IsEmpty && (rest[0] != ',' || (rest = rest[1..].TrimStart()).IsEmpty))
            {
                return null;
            }
        }

        return [.. items];
    }

    private static string? Item(ReadOnlySpan<char> rest, bool isPlain, out int length)
    {
        if (rest[0] == '"' || (rest[0] == '\'' && !isPlain))
        {
            return Quoted(rest, out length);
        }

        length = rest.IndexOf(',') is var end and >= 0 ? end : rest.Length;
        var item = rest[..length].Trim();
        return !isPlain || item.ContainsAny(s_marks) ? null : item is "NULL" ? "" : item.ToString();
    }

    private static string? Quoted(ReadOnlySpan<char> rest, out int length)
    {
        var item = new StringBuilder();
        for (length = 1; length < rest.Length; length++)
        {
            if (rest[length] == rest[0])
            {
                length++;
                return item.ToString().Trim();
            }

            if (rest[length..] is ['\\', 'u', _, _, _, _, ..] && ushort.TryParse(rest.Slice(length + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                item.Append((char)code);
                length += 5;
                continue;
            }

            length += rest[length] == '\\' && length + 1 < rest.Length ? 1 : 0;
            item.Append(rest[length]);
        }

        return null;
    }
}
