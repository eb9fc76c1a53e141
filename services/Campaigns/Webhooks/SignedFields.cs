using System.Text.Json;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Reads the fields that a signature is made of out of a body that is not trusted yet: the texts and numbers at the top of a JSON object, or in
/// one object of it. Nothing else is read, and a field that is there twice could be read in two ways, so such a body is refused.
/// </summary>
internal static class SignedFields
{
    /// <summary>Reads the fields at the top; those of the object <paramref name="inside"/> if there is one. Null if the body is not such JSON.</summary>
    public static IReadOnlyDictionary<string, string>? Read(ReadOnlySpan<byte> body, string? inside = null)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadObject(ref reader, inside) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or half a character.
            return null;
        }
    }

    private static Dictionary<string, string>? ReadObject(ref Utf8JsonReader reader, string? inside)
    {
        var fields = new Dictionary<string, string>();
        var names = new HashSet<string>();
        Dictionary<string, string>? inner = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name) || names.Count > 200 || !reader.Read())
            {
                return null;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    fields[name] = reader.GetString()!;
                    break;
                case JsonTokenType.Number:
                    fields[name] = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
                    break;
                case JsonTokenType.StartObject when name == inside:
                    inner = ReadObject(ref reader, null);
                    if (inner is null)
                    {
                        return null;
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject ? inner ?? fields : null;
    }
}
