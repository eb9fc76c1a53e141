using System.Globalization;
using Crm.Accounts.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Testing.EveryCall;

/// <summary>Makes random requests out of the values that break careless code, with some that exist between them.</summary>
public sealed class HostileRequests(Random random, string account)
{
    private const int MaxDepth = 6;

    private static readonly string[] s_texts =
    [
        "", " ", "1", "2", "-1", "x", "Hot", "Source: Ad", "name", "email", "score", "UTC", "Mars/Olympus", "a\0b", "\u200b", "\u202eabc", "😀", "%", "_", "\\",
        "'; DROP TABLE tags.tag; --", "{{ contact.email }}", "{% for i in (1..999999999) %}x{% endfor %}", "a@b.example", "a@b\r\nBcc: c@d.example",
        "https://x.example", "http://169.254.169.254/", "has tag \"Hot\"", "NOT NOT (", "0001-01-01", "9999-12-31", "2026-13-45", "NaN", "1e999", "not-a-token",
        "00000000-0000-0000-0000-000000000000", "NULL", new('a', 201), new('b', 70_000), new('(', 3_000),
    ];

    private static readonly long[] s_numbers = [0, 1, 2, 3, -1, 100, 16_383, 16_384, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly double[] s_reals = [0, 1, -1, 0.5, double.NaN, double.PositiveInfinity, double.MaxValue, double.Epsilon];
    private static readonly long[] s_seconds = [0, 1, -62_135_596_800, 253_402_300_799, 1_700_000_000, long.MaxValue, long.MinValue];

    /// <summary>Makes a request of a type; its account is the one given.</summary>
    public IMessage Next(MessageDescriptor type)
    {
        var request = Message(type, MaxDepth);
        // Nothing is left to test of an account that was deleted.
        type.FindFieldByName("account")?.Accessor.SetValue(request, type.Name == nameof(DeleteAccountRequest) ? $"{account}-other" : account);
        // Each request is one of its own: a repeated id would only get the answer that it is repeated.
        type.FindFieldByName("request_id")?.Accessor.SetValue(request, random.Next(4) == 0 ? s_texts[random.Next(s_texts.Length)] : "");
        return request;
    }

    /// <summary>Makes a value of a field that is no message.</summary>
    public object Next(FieldDescriptor field) => Value(field, depth: 0);

    private IMessage Message(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        if (type.FullName == Timestamp.Descriptor.FullName || type.FullName == Duration.Descriptor.FullName)
        {
            type.FindFieldByName("seconds").Accessor.SetValue(message, Any(s_seconds));
            type.FindFieldByName("nanos").Accessor.SetValue(message, (int)(Any(s_numbers) % int.MaxValue));
            return message;
        }

        foreach (var field in type.Fields.InFieldNumberOrder().Where(_ => random.Next(3) > 0))
        {
            Set(message, field, depth);
        }

        return message;
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.FieldType == FieldType.Message && depth == 0)
        {
            return;
        }

        if (field.IsMap)
        {
            var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
            map[Value(field.MessageType.FindFieldByNumber(1), depth)] = Value(field.MessageType.FindFieldByNumber(2), depth - 1);
        }
        else if (field.IsRepeated)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            for (var count = random.Next(3); count > 0; count--)
            {
                list.Add(Value(field, depth - 1));
            }
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth - 1));
        }
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => field.Name.EndsWith("_id", StringComparison.Ordinal) && random.Next(2) == 0
            ? random.Next(1, 4).ToString(CultureInfo.InvariantCulture)
            : Any(s_texts),
        FieldType.Bytes => ByteString.CopyFromUtf8(Any(s_texts)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Double => Any(s_reals),
        FieldType.Float => (float)Any(s_reals),
        FieldType.Enum => random.Next(-1, field.EnumType.Values.Count + 1),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Math.Clamp(Any(s_numbers), int.MinValue, int.MaxValue),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Math.Clamp(Any(s_numbers), 0, uint.MaxValue),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Math.Max(0, Any(s_numbers)),
        FieldType.Message => Message(field.MessageType, depth),
        _ => Any(s_numbers),
    };

    private T Any<T>(T[] values) => values[random.Next(values.Length)];
}
