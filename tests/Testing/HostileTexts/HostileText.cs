using System.Text;

namespace TagSegments.Testing.HostileTexts;

/// <summary>A text that breaks careless code, in any size; <paramref name="Make"/> gets the size in characters.</summary>
internal sealed record HostileText(string Name, Func<int, Random, string> Make)
{
    /// <summary>A unit over and over: <paramref name="before"/>, the units, <paramref name="after"/>.</summary>
    public static HostileText Wide(string unit, string before = "", string after = "") =>
        new(Short($"{before}{unit}..."), (size, _) => before + Repeat(unit, size - before.Length - after.Length) + after);

    /// <summary>As many openings as closings, or no closings at all if <paramref name="close"/> is empty.</summary>
    public static HostileText Deep(string open, string middle = "", string close = "", string before = "") => new(Short($"{before}{open}...{middle}"), (size, _) =>
    {
        var levels = Math.Max(1, (size - before.Length - middle.Length) / (open.Length + close.Length));
        return new StringBuilder(before, size).Insert(before.Length, open, levels).Append(middle).Insert(before.Length + (levels * open.Length) + middle.Length, close, levels).ToString();
    });

    /// <summary>Lines or items with a running number.</summary>
    public static HostileText Numbered(string name, Func<int, string> item, string before = "", string after = "") => new(name, (size, _) =>
    {
        var text = new StringBuilder(before, size + 100);
        for (var i = 0; text.Length < size; i++)
        {
            text.Append(item(i));
        }

        return text.Append(after).ToString();
    });

    /// <summary>The same text in any size.</summary>
    public static HostileText Fixed(string text) => new(Short(text), (_, _) => text);

    /// <summary>A unit as often as it fits.</summary>
    public static string Repeat(string unit, int size) => new StringBuilder().Insert(0, unit, Math.Max(1, size / unit.Length)).ToString();

    // Names stand in reports: one line, printable.
    private static string Short(string text)
    {
        var shown = string.Concat(text.Select(c => c is >= ' ' and < '\u007f' ? c.ToString() : $"\\u{(int)c:x4}"));
        return shown.Length <= 60 ? shown : $"{shown[..57]}...";
    }
}
