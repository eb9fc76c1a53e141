using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>Puts hostile texts into the fields of requests, at any depth, in lists, maps and alternatives.</summary>
internal sealed class HostileFields(Random random, World world)
{
    private const int Deepest = 6;
    private const int LongList = 20_000;

    /// <summary>Puts one text somewhere; returns where and which, or null if the request has no place for one.</summary>
    public string? Poison(IMessage request)
    {
        var path = new List<FieldDescriptor>();
        var message = request;
        while (Places(message.Descriptor, Deepest - path.Count) is { Count: > 0 } places)
        {
            var field = places[random.Next(places.Count)];
            path.Add(field);
            if (field.FieldType == FieldType.Message && !field.IsMap && !IsOpen(field.MessageType))
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

    // A text in the account's name would only meet the first check, so it is rare.
    private List<FieldDescriptor> Places(MessageDescriptor type, int depth) =>
        [.. type.Fields.InDeclarationOrder().Where(field => Leads(field, depth) && (field.Name != "account" || random.Next(20) == 0))];

    private static bool Leads(FieldDescriptor field, int depth) => field.FieldType is FieldType.String or FieldType.Bytes
        || (field.FieldType == FieldType.Message && depth > 0
            && (IsOpen(field.MessageType) || field.MessageType.Fields.InDeclarationOrder().Any(inner => Leads(inner, depth - 1))));

    private static bool IsOpen(MessageDescriptor type) => type == Struct.Descriptor || type == Value.Descriptor || type == ListValue.Descriptor;

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
            var (name, text) = TextChoice.Next(field, random);
            var value = field.MessageType.FindFieldByNumber(2);
            map[text] = value.FieldType switch
            {
                FieldType.String => text,
                FieldType.Enum => 1,
                _ => New(value.MessageType),
            };
            return name;
        }

        if (field.IsRepeated && field.FieldType == FieldType.String && random.Next(2) == 0)
        {
            return FillList((IList)field.Accessor.GetValue(message));
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

    private string FillList(IList list)
    {
        var count = random.Next(1, LongList);
        var same = random.Next(2) == 0;
        for (var i = 0; i < count; i++)
        {
            list.Add(same ? "Hot" : $"name {i}");
        }

        return $"{count} {(same ? "times the same" : "names")}";
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
            default:
                return TextChoice.Next(field, random);
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
