using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>Values without a schema, such as the custom fields of a contact: deep, wide, with hostile texts as names and values.</summary>
internal static class OpenValues
{
    // What a protobuf message may be nested, less what stands around the value.
    private const int Deepest = 40;
    private const int Widest = 20_000;

    /// <summary>Makes a value; for a field that is a struct or a list, one of that kind.</summary>
    public static (string Name, Value Value) Next(FieldDescriptor field, Random random)
    {
        var (name, text) = TextChoice.Next(field, null, random);
        var (shape, value) = random.Next(8) switch
        {
            0 => ("deep struct", Enumerable.Range(0, Deepest).Aggregate(Value.ForNumber(1), (inner, _) => Fields(("a", inner)))),
            1 => ("deep list", Enumerable.Range(0, Deepest * 2).Aggregate(Value.ForNumber(1), (inner, _) => Value.ForList(inner))),
            2 => ("wide struct", Fields([.. Enumerable.Range(0, Widest).Select(i => ($"k{i}", Value.ForNumber(i)))])),
            3 => ("wide list", Value.ForList([.. Enumerable.Range(0, Widest).Select(i => Value.ForNumber(i))])),
            4 => ("value of no kind", Fields(("score", new Value()))),
            5 => ("no number", Fields(("score", Value.ForNumber(random.Next(2) == 0 ? double.NaN : double.NegativeInfinity)))),
            6 => ($"struct with the name {name}", Fields((text, Value.ForString("x")))),
            _ => ($"struct with the value {name}", Fields((random.Next(2) == 0 ? "plan" : "score", Value.ForString(text)))),
        };
        return field.MessageType == Struct.Descriptor && value.KindCase != Value.KindOneofCase.StructValue ? (shape, Fields(("score", value)))
            : field.MessageType == ListValue.Descriptor && value.KindCase != Value.KindOneofCase.ListValue ? (shape, Value.ForList(value))
            : (shape, value);
    }

    private static Value Fields(params (string Name, Value Value)[] fields)
    {
        var all = new Struct();
        foreach (var (name, value) in fields)
        {
            all.Fields[name] = value;
        }

        return Value.ForStruct(all);
    }
}
