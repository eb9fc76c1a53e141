using System.Text.Json;
using TagSegments.Csv;
using TagSegments.Filters.Text;
using TagSegments.ServiceDefaults.Texts;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>A JSON object as values by name: those of objects within it have dotted names, and a list is one value of several items.</summary>
internal static class JsonObjectText
{
    private const int MaxDepth = 16;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>
    /// Returns the values by name; none for an empty text, null with a problem for one that is no object. <paramref name="seen"/> gets the kind of each
    /// value, null and empty ones included.
    /// </summary>
    public static Dictionary<string, string>? Parse(byte[]? text, out string? problem, List<(string Name, JsonValueKind Kind)>? seen = null)
    {
        problem = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text is null || text.AsSpan().Trim(" \t\r"u8).IsEmpty)
        {
            return values;
        }

        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                problem = Add(document.RootElement, "", values, seen);
                return problem is null ? values : null;
            }

            problem = "is no JSON object";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = $"is no valid JSON, or has objects more than {MaxDepth} deep";
        }

        return null;
    }

    private static string? Add(JsonElement element, string prefix, Dictionary<string, string> values, List<(string Name, JsonValueKind Kind)>? seen)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = StoredName.Of(prefix + property.Name);
            if (name.Length is 0 or > RowTable.MaxHeaderLength)
            {
                return $"has a name that is empty or longer than {RowTable.MaxHeaderLength} characters";
            }

            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (Add(property.Value, $"{name}.", values, seen) is { } problem)
                {
                    return problem;
                }

                continue;
            }

            seen?.Add((name, property.Value.ValueKind));
            if (Text(property.Value) is { Length: > 0 } text)
            {
                values[name] = text;
            }
        }

        return null;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => StoredText.Of(value.GetString()!),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
            ListText.Join(value.EnumerateArray().Select(Text).Where(item => item.Length > 0)),
        JsonValueKind.Number when Decimals.TryParse(value.GetRawText(), out var number) => FieldJson.Number(number),
        _ => value.GetRawText(),
    };
}
