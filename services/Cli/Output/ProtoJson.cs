using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Output;

/// <summary>
/// Writes messages as JSON for scripts: field names as in the protos, 64-bit numbers as numbers, enum values without their prefix,
/// and zero values written out. The standard mapping quotes 64-bit numbers and omits zeros, which is surprising in a shell.
/// </summary>
internal static class ProtoJson
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Line(JsonNode node) => node.ToJsonString(Readable);

    public static JsonObject From(IMessage message)
    {
        var json = new JsonObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
            if (IsWritten(field, message))
                json[field.Name] = ValueOf(field, field.Accessor.GetValue(message));
        return json;
    }

    private static bool IsWritten(FieldDescriptor field, IMessage message) => !field.HasPresence || field.Accessor.HasValue(message);

    private static JsonNode? ValueOf(FieldDescriptor field, object value) => value switch
    {
        IDictionary map => new JsonObject(map.Keys.Cast<object>().Select(key =>
            KeyValuePair.Create(key.ToString()!, Single(field.MessageType.Fields[2], map[key]!)))),
        IList list => new JsonArray(list.Cast<object>().Select(item => Single(field, item)).ToArray()),
        _ => Single(field, value),
    };

    private static JsonNode? Single(FieldDescriptor field, object value) => value switch
    {
        Struct or ListValue or Value => JsonNode.Parse(JsonFormatter.Default.Format((IMessage)value)),
        Timestamp or Duration or FieldMask => JsonNode.Parse(value.ToString()!),
        IMessage message => From(message),
        ByteString bytes => bytes.ToBase64(),
        bool b => b,
        int or uint or long or ulong or float or double when field.FieldType != FieldType.Enum => JsonSerializer.SerializeToNode(value),
        string text => text,
        _ => EnumName(field.EnumType, Convert.ToInt32(value, null)),
    };

    /// <summary>Gets an enum value's name without the prefix that all values of its type share, for example `OPEN`.</summary>
    private static string EnumName(EnumDescriptor type, int number)
    {
        if (type.FindValueByNumber(number) is not { } value)
            return number.ToString(null, null);

        var prefix = type.FindValueByNumber(0).Name[..^"UNSPECIFIED".Length];
        return value.Name.StartsWith(prefix, StringComparison.Ordinal) ? value.Name[prefix.Length..] : value.Name;
    }
}
