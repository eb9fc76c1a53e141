using System.Globalization;
using System.Text.Json;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Segments.SmartLists;

/// <summary>A row as it was read: the value of the order as text, and the cells as a JSON array.</summary>
internal sealed record ListRow(int ContactId, string? SortValue, string Cells)
{
    public SmartListRow ToProto()
    {
        using var json = JsonDocument.Parse(Cells);
        return new SmartListRow { ContactId = ContactId, Values = { json.RootElement.EnumerateArray().Select(ToValue) } };
    }

    private static Value ToValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Value.ForString(json.GetString()),
        JsonValueKind.Number => ToNumber(json.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => Value.ForBool(json.GetBoolean()),
        JsonValueKind.Array => Value.ForList([.. json.EnumerateArray().Select(ToValue)]),
        _ => Value.ForNull(),
    };

    // As text where a double cannot hold it exactly.
    private static Value ToNumber(string text)
    {
        var approximation = double.Parse(text, CultureInfo.InvariantCulture);
        return decimal.TryParse(text, CultureInfo.InvariantCulture, out var exact)
            && decimal.TryParse(approximation.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var read)
            && read == exact
                ? Value.ForNumber(approximation)
                : Value.ForString(text);
    }
}
