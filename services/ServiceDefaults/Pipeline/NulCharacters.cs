using System.Buffers;
using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Refuses U+0000 in the texts of a request. PostgreSQL cannot keep it. It must not get there either: Npgsql prepares statements by itself, and
/// one that fails while it is prepared leaves its connection in disorder for the next call.
/// </summary>
internal static class NulCharacters
{
    /// <summary>Throws INVALID_ARGUMENT naming every field with the character.</summary>
    public static void Refuse(IMessage message, ReadOnlySequence<byte> payload)
    {
        // Most payloads have no such byte, so most messages are not looked at.
        if (payload.PositionOf((byte)0) is not null)
        {
            var checks = new FieldChecks();
            Check(message, "", checks);
            checks.ThrowIfAny();
        }
    }

    private static void Check(IMessage message, string prefix, FieldChecks checks)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType is FieldType.String or FieldType.Message && field.Accessor.GetValue(message) is { } value)
            {
                CheckValue(value, prefix + field.Name, checks);
            }
        }
    }

    private static void CheckValue(object? value, string path, FieldChecks checks)
    {
        switch (value)
        {
            case string text:
                checks.Require(!text.Contains('\0'), path, "contains the character U+0000");
                break;
            case Struct open:
                CheckMap(open.Fields, path, checks);
                break;
            case Value open:
                CheckValue(open.KindCase switch
                {
                    Value.KindOneofCase.StringValue => open.StringValue,
                    Value.KindOneofCase.StructValue => open.StructValue,
                    Value.KindOneofCase.ListValue => open.ListValue.Values,
                    _ => null,
                }, path, checks);
                break;
            case IMessage message:
                Check(message, $"{path}.", checks);
                break;
            case IDictionary map:
                CheckMap(map, path, checks);
                break;
            case IList list:
                for (var i = 0; i < list.Count; i++)
                {
                    CheckValue(list[i], $"{path}[{i}]", checks);
                }

                break;
        }
    }

    private static void CheckMap(IDictionary map, string path, FieldChecks checks)
    {
        foreach (DictionaryEntry entry in map)
        {
            CheckValue(entry.Key, path, checks);
            CheckValue(entry.Value, $"{path}.{entry.Key}", checks);
        }
    }
}
