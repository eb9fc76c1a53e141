using System.Buffers;
using System.Text;

namespace TagSegments.Csv;

/// <summary>
/// A list within a cell: items separated by semicolons. An item that has a semicolon or a comma, which readers take for separators as well, stands in
/// quotes, quotes doubled, as in CSV itself; so does one that begins with a bracket, because a cell may be a list as programs write it.
/// </summary>
public static class ListText
{
    private const char Separator = ';';
    private const char Quote = '"';

    /// <summary>Writes a list.</summary>
    public static string Join(IEnumerable<string> items) => string.Join(Separator, items.Select(Item));

    /// <summary>
    /// Reads a list with any of <paramref name="separators"/>, or as <see cref="PrintedList"/> has it, each item trimmed; empty items do not count. A quote that is never closed, or
    /// has text after it, is a character like others.
    /// </summary>
    public static string[] Split(string text, string[] separators)
    {
        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        if (PrintedList.Read(text) is { } items)
        {
            return items;
        }

        if (!text.Contains(Quote))
        {
            return text.Split(separators, options);
        }

        var found = new List<string>();
        var next = SearchValues.Create(separators, StringComparison.Ordinal);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            rest = rest.TrimStart();
            var item = Quoted(rest, separators, out var length) ?? rest[..(length = rest.IndexOfAny(next) is var at and >= 0 ? at : rest.Length)].Trim().ToString();
            if (item.Length > 0)
            {
                found.Add(item);
            }

            rest = rest[length..];
            rest = rest[SeparatorLength(rest, separators)..];
        }

        return [.. found];
    }

    private static string Item(string item) => item.Contains(Separator) || item.Contains(',') || item is [Quote or '[' or '{', ..]
        ? $"{Quote}{item.Replace("\"", "\"\"", StringComparison.Ordinal)}{Quote}"
        : item;

    // The item in quotes with which the rest begins; null if it does not begin with one.
    private static string? Quoted(ReadOnlySpan<char> rest, string[] separators, out int length)
    {
        length = 0;
        if (rest is not [Quote, ..])
        {
            return null;
        }

        var item = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] != Quote)
            {
                item.Append(rest[i]);
            }
            else if (i + 1 < rest.Length && rest[i + 1] == Quote)
            {
                item.Append(rest[i++]);
            }
            else
            {
                length = i + 1;
                var behind = rest[length..];
                length += behind.Length - behind.TrimStart().Length;
                behind = behind.TrimStart();
                return behind.IsEmpty || SeparatorLength(behind, separators) > 0 ? item.ToString().Trim() : null;
            }
        }

        return null;
    }

    private static int SeparatorLength(ReadOnlySpan<char> rest, string[] separators)
    {
        foreach (var separator in separators)
        {
            if (rest.StartsWith(separator, StringComparison.Ordinal))
            {
                return separator.Length;
            }
        }

        return 0;
    }
}
