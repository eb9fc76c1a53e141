using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace TagSegments.Cli.Output;

/// <summary>Values as table cells. Plain text, never markup: a tag may be called `[red]`.</summary>
internal static class Cells
{
    public static Text Cell(this string text) => new(text);

    public static Text Cell(this long number) => new(number.ToString("N0", CultureInfo.InvariantCulture));

    public static Text Cell(this int number) => Cell((long)number);

    public static Text Cell(this Timestamp? time) => new(time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "");

    /// <summary>Gets a value such as <c>NoAddress</c> as words: <c>no address</c>.</summary>
    public static string AsWords(this System.Enum value) =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary>Gets a custom field value as text: as it was given, lists joined.</summary>
    public static string AsText(this Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString(CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.ListValue => string.Join(", ", value.ListValue.Values.Select(AsText)),
        _ => "",
    };
}
