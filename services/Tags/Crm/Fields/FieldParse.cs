using System.Text;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Csv;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>A value read for a custom field: its JSON, null for no value, or a problem.</summary>
internal readonly record struct FieldParse(string? Json, string? Problem)
{
    private const int MaxTextBytes = 65_536;
    private static readonly FieldParse s_none = new(null, null);

    /// <summary>Reads the value of an API request. Empty means no value: null, "", white space only, an empty list.</summary>
    public static FieldParse FromValue(Field field, Value value) => value.KindCase switch
    {
        Value.KindOneofCase.None or Value.KindOneofCase.NullValue => s_none,
        Value.KindOneofCase.StringValue when string.IsNullOrWhiteSpace(value.StringValue) => s_none,
        Value.KindOneofCase.ListValue when value.ListValue.Values.Count == 0 => s_none,
        Value.KindOneofCase.ListValue when field.Type == Type.MultipleChoice => FromList(field, value.ListValue),
        Value.KindOneofCase.BoolValue when field.Type == Type.Boolean => Boolean(value.BoolValue),
        Value.KindOneofCase.NumberValue when field.Type == Type.Number =>
            Decimals.TryParse(value.NumberValue, out var number) ? Number(number) : NotANumber(),
        Value.KindOneofCase.StringValue when field.Type is not (Type.Boolean or Type.MultipleChoice) =>
            FromText(field.Type, field.Choices, value.StringValue, TextForm.Api),
        _ => Wrong($"must be {Expected(field.Type)}"),
    };

    /// <summary>Reads a value written as text, for example a cell of a file.</summary>
    public static FieldParse FromText(Type type, ICollection<string> choices, string text, TextForm form) => type switch
    {
        _ when string.IsNullOrWhiteSpace(text) => s_none,
        Type.Text => FromText(text),
        Type.Number => form.Numbers.TryParse(text, out var number) ? Number(number) : NotANumber(),
        Type.Date => form.TryParseDay(text, out var day) ? new(FieldJson.Text(Dates.ToText(day)), null) : NotADay(form),
        Type.YearlyDay => form.TryParseYearlyDay(text, out var yearly) ? new(FieldJson.Text(Dates.ToYearlyText(yearly)), null) : NotAYearlyDay(form),
        Type.DateTime => form.TryParseInstant(text, out var instant) ? new(FieldJson.Text(Dates.ToText(instant)), null) : NotAnInstant(form),
        Type.Boolean => BooleanText.TryParse(text, out var truth) ? Boolean(truth) : Wrong("must be true or false"),
        Type.SingleChoice => choices.Contains(text) ? new(FieldJson.Text(text), null) : NotAChoice(text),
        Type.MultipleChoice => FromItems(choices, form.Split(text)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>
    /// Returns the value as requests and answers carry it. Its own form counts, not the type of its field: the two are read one after the other, and
    /// the type may change between.
    /// </summary>
    public static Value ToValue(string json) => json[0] switch
    {
        '"' => Value.ForString(FieldJson.ToText(json)),
        '[' => Value.ForList([.. FieldJson.ToList(json).Select(Value.ForString)]),
        't' or 'f' => Value.ForBool(json == "true"),
        _ => ToNumber(json),
    };

    /// <summary>Returns the value as text, for example for a cell of a file.</summary>
    public static string ToText(string json) => json[0] switch
    {
        '"' => FieldJson.ToText(json),
        '[' => ListText.Join(FieldJson.ToList(json)),
        _ => json,
    };

    private static FieldParse FromList(Field field, ListValue list) =>
        list.Values.All(item => item.KindCase == Value.KindOneofCase.StringValue)
            ? FromItems(field.Choices, [.. list.Values.Select(item => item.StringValue)])
            : Wrong("must be a list of texts");

    private static FieldParse FromItems(ICollection<string> choices, string[] items) =>
        Array.Find(items, item => !choices.Contains(item)) is { } unknown ? NotAChoice(unknown)
        : items.Length == 0 ? s_none
        : new(FieldJson.List(items), null);

    private static FieldParse FromText(string text) =>
        text.Contains('\0') ? Wrong("must not contain the character U+0000")
        : Encoding.UTF8.GetByteCount(text) > MaxTextBytes ? Wrong($"is longer than {MaxTextBytes} bytes")
        : new(FieldJson.Text(text), null);

    // A double is sent only where it is exactly the number.
    private static Value ToNumber(string json)
    {
        var approximation = double.Parse(json, System.Globalization.CultureInfo.InvariantCulture);
        var exact = Decimals.TryParse(approximation, out var number) && FieldJson.Number(number) == json;
        return exact ? Value.ForNumber(approximation) : Value.ForString(json);
    }

    private static FieldParse Number(decimal value) => new(FieldJson.Number(value), null);

    private static FieldParse Boolean(bool value) => new(value ? "true" : "false", null);

    private static FieldParse NotANumber() => Wrong("must be a decimal number of at most 28 significant digits");

    private static FieldParse NotADay(TextForm form) =>
        Wrong($"must be a date {(form.Dates.Name.Length > 0 ? $"in the form {form.Dates.Name}" : "like 2026-11-23")}");

    private static FieldParse NotAYearlyDay(TextForm form) =>
        Wrong($"must be a day of the year {(form.Dates.Name.Length > 0 ? $"in the form {form.Dates.Name}" : "like --04-17")}");

    private static FieldParse NotAnInstant(TextForm form) =>
        Wrong($"must be a date and time {(form.Dates.Name.Length > 0 ? $"in the form {form.Dates.Name}" : "like 2026-11-23T10:00:00Z")}");

    private static FieldParse NotAChoice(string text) =>
        Wrong($"\"{(text.Length > 100 ? text[..100] + "…" : text)}\" is not one of the choices of the field");

    private static FieldParse Wrong(string problem) => new(null, problem);

    private static string Expected(Type type) => type switch
    {
        Type.Number => "a number",
        Type.Boolean => "a boolean",
        Type.MultipleChoice => "a list of texts",
        _ => "a text",
    };
}
