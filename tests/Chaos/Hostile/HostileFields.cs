using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing.EveryCall;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>Puts hostile texts and numbers into the fields of requests, at any depth, in lists, maps and alternatives.</summary>
/// <param name="random">Decides.</param>
/// <param name="world">What exists in the account.</param>
/// <param name="language">The language to write in, into a field that reads it; null for any field.</param>
internal sealed class HostileFields(Random random, World world, TextLanguage? language)
{
    private const int Deepest = 6;
    private const int LongList = 20_000;
    private readonly HostileRequests _values = new(random, world.Account);

    /// <summary>Puts one somewhere; returns where and which, or null if the request has no place for one.</summary>
    public string? Poison(IMessage request)
    {
        var path = new List<FieldDescriptor>();
        var message = request;
        while (Places(message.Descriptor, Deepest - path.Count) is { Count: > 0 } places)
        {
            var field = places[random.Next(places.Count)];
            path.Add(field);
            if (field.FieldType == FieldType.Message && !field.IsMap && !TextChoice.IsOpen(field.MessageType))
            {
                message = Enter(message, field);
                continue;
            }

            var name = Fill(message, field);
            Name(request, path);
            return $"{string.Join('.', path.Select(step => step.Name))} = {name}";
        }

        return null;
    }

    /// <summary>Whether requests of a type have a place for a text of a language, or of none in particular for null.</summary>
    public static bool HasPlace(MessageDescriptor type, TextLanguage? language) => type.Fields.InDeclarationOrder().Any(field => Leads(field, language, Deepest));

    // A text in the account's name would only meet the first check, so it is rare.
    private List<FieldDescriptor> Places(MessageDescriptor type, int depth) =>
        [.. type.Fields.InDeclarationOrder().Where(field => Leads(field, language, depth) && (field.Name != "account" || random.Next(20) == 0))];

    private static bool Leads(FieldDescriptor field, TextLanguage? language, int depth) => field.FieldType == FieldType.Message && !TextChoice.IsOpen(field.MessageType)
        ? depth > 0 && field.MessageType.Fields.InDeclarationOrder().Any(inner => Leads(inner, language, depth - 1))
        : language is not { } wanted || TextChoice.LanguagesOf(field).Contains(wanted);

    private IMessage Enter(IMessage message, FieldDescriptor field)
    {
        if (!field.IsRepeated)
        {
            var inner = (IMessage?)field.Accessor.GetValue(message) ?? New(field.MessageType);
            field.Accessor.SetValue(message, inner);
            return inner;
        }

        var list = (IList)field.Accessor.GetValue(message);
        if (list.Count == 0 || random.Next(3) == 0)
        {
            list.Add(New(field.MessageType));
        }

        return (IMessage)list[random.Next(list.Count)]!;
    }

    // What stands beside the hostile text should not be refused before it.
    private IMessage New(MessageDescriptor type)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !field.IsRepeated && field.ContainingOneof is null))
        {
            if (field.FieldType == FieldType.Enum)
            {
                field.Accessor.SetValue(message, random.Next(1, field.EnumType.Values.Count));
            }
            else if (field.FieldType == FieldType.Int32 && field.Name.EndsWith("_id", StringComparison.Ordinal))
            {
                field.Accessor.SetValue(message, int.TryParse(world.Pick(field.Name[..^3], random), out var id) ? id : 1);
            }
        }

        return message;
    }

    private string Fill(IMessage message, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            var (name, text) = TextChoice.Next(field, language, random);
            var value = field.MessageType.FindFieldByNumber(2);
            map[text] = value.FieldType switch
            {
                FieldType.String => text,
                FieldType.Enum => 1,
                _ => New(value.MessageType),
            };
            return name;
        }

        if (field.IsRepeated && field.FieldType != FieldType.Message && language is null && random.Next(2) == 0)
        {
            return FillList(field, (IList)field.Accessor.GetValue(message));
        }

        var (what, content) = One(field);
        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(content);
        }
        else
        {
            field.Accessor.SetValue(message, content);
        }

        return what;
    }

    private string FillList(FieldDescriptor field, IList list)
    {
        var count = random.Next(1, LongList);
        var same = random.Next(2) == 0;
        var first = field.FieldType == FieldType.String ? "Hot" : _values.Next(field);
        for (var i = 0; i < count; i++)
        {
            list.Add(same ? first : field.FieldType switch
            {
                FieldType.String => $"name {i}",
                FieldType.Int32 => i,
                FieldType.Int64 => (long)i,
                _ => _values.Next(field),
            });
        }

        return $"{count} {(same ? "times the same" : "values")}";
    }

    private (string Name, object Content) One(FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.Bytes:
                var file = HostileFiles.All[random.Next(HostileFiles.All.Count)];
                return (file.Name, ByteString.CopyFrom(file.Make(TextChoice.Size(random), random)));
            case FieldType.Message:
                var (shape, value) = OpenValues.Next(field, random);
                return (shape, field.MessageType == Struct.Descriptor ? value.StructValue : field.MessageType == ListValue.Descriptor ? value.ListValue : value);
            case FieldType.String:
                return TextChoice.Next(field, language, random);
            default:
                var number = _values.Next(field);
                return (string.Create(CultureInfo.InvariantCulture, $"{number}"), number);
        }
    }

    // An update changes what its mask names.
    private static void Name(IMessage request, List<FieldDescriptor> path)
    {
        if (request.Descriptor.FindFieldByName("update_mask")?.Accessor is { } mask && path.Count > 1 && path[0].FieldType == FieldType.Message && path[0].Name != "update_mask")
        {
            mask.SetValue(request, new FieldMask { Paths = { path[1].Name } });
        }
    }
}
