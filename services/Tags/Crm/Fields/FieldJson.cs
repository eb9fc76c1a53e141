using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The JSON form of field values in the database; the comment at <c>crm.contact.fields</c> describes it.</summary>
internal static class FieldJson
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Printable ASCII without quote and backslash is written as it is, by the serializer too: this covers most values of a file.
    private static readonly SearchValues<char> s_asItIs = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(c => c is not ('"' or '\\'))]);

    /// <summary>Returns a text.</summary>
    public static string Text(string value) =>
        value.AsSpan().ContainsAnyExcept(s_asItIs) ? JsonSerializer.Serialize(value, s_plain) : $"\"{value}\"";

    /// <summary>Returns a number without superfluous zeros.</summary>
    public static string Number(decimal value) => (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns a list: sorted and without repetitions, because a multiple choice is a set.</summary>
    public static string List(IEnumerable<string> values) =>
        JsonSerializer.Serialize(values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), s_plain);

    /// <summary>Converts a value returned by PostgreSQL to the form that was stored.</summary>
    public static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Array => JsonSerializer.Serialize(value.EnumerateArray().Select(item => item.GetString()), s_plain),
        _ => value.GetRawText(),
    };

    /// <summary>Reads a text.</summary>
    public static string ToText(string json) => JsonSerializer.Deserialize<string>(json)!;

    /// <summary>Reads a list.</summary>
    public static string[] ToList(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}
