using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace TagSegments.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class Cells
{
    /// <summary>Adds a row of values to a table.</summary>
    public static void Row(this Table table, params object?[] values) => table.AddRow(values.Select(Cell));

    /// <summary>Gets a value such as <c>NoAddress</c> as words: <c>no address</c>.</summary>
    public static string AsWords(this System.Enum value) =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary>Gets a name such as <c>smart_list</c> as words: <c>smart list</c>.</summary>
    public static string AsWords(this string name) => name.Replace('_', ' ');

    /// <summary>Gets a custom field value as text, with lists joined.</summary>
    public static string AsText(this Value value) => value.AsText(items => string.Join(", ", items));

    /// <summary>Gets a custom field value as text, with lists as <paramref name="join"/> writes them.</summary>
    public static string AsText(this Value value, Func<IEnumerable<string>, string> join) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.ListValue => join(value.ListValue.Values.Select(item => item.AsText())),
        _ => "",
    };

    /// <summary>Gets a share such as <c>12.5 %</c>; empty if the whole is 0.</summary>
    public static string Percent(int part, int whole) => whole == 0 ? "" : (100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    // Plain text, never markup: a tag may be called `[red]`.
    private static Text Cell(object? value) => new(value switch
    {
        null => "",
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        Timestamp time => Times.Text(time),
        _ => value.ToString() ?? "",
    });
}
