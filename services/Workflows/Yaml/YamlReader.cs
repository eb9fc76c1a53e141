using System.Globalization;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TagSegments.Workflows.Definitions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace TagSegments.Workflows.Yaml;

/// <summary>
/// Reads a workflow written as YAML: the fields of <see cref="Definition"/> by their names in the proto file, beside <c>name</c>,
/// <c>description</c> and <c>owner_email</c>. Three things are shorter than in JSON: enum values without their prefix (<c>once_ever</c>), periods
/// (<c>3 days</c>) and conditions (the text alone).
/// </summary>
internal sealed class YamlReader
{
    private const int MaxLength = 1024 * 1024;
    private const int MaxDepth = 64;
    private const int MaxParts = 100_000;
    private static readonly string[] s_root = ["name", "description", "owner_email"];
    private readonly YamlPlaces _places = new();
    private readonly Faults _faults;

    private YamlReader() => _faults = new Faults("", _places.Find);

    /// <summary>Reads a workflow and where its fields stand; throws INVALID_ARGUMENT with every fault of form.</summary>
    public static (Workflow Workflow, YamlPlaces Places) Read(string yaml)
    {
        var reader = new YamlReader();
        var workflow = new Workflow { Definition = new Definition() };
        if (reader.Load(yaml) is { } root)
        {
            reader.ReadRoot(root, workflow);
        }

        reader._faults.ThrowIfAny();
        return (workflow, reader._places);
    }

    private YamlMappingNode? Load(string yaml)
    {
        _faults.Require(yaml.Length <= MaxLength, "yaml", "is longer than 1 MB");
        if (yaml.Length > MaxLength)
        {
            return null;
        }

        try
        {
            CheckEvents(yaml);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return _places.Root = root;
            }

            _faults.Add("", "must be one document with the fields of a workflow");
        }
        catch (YamlException e)
        {
            _places.End = e.Start;
            _faults.Add("yaml", e.InnerException?.Message ?? e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser throws these for some texts that are no YAML, such as half a surrogate pair, without a place.
            _faults.Add("yaml", e.Message);
        }

        return null;
    }

    // What reads the text after this follows it down in recursion, and a stack that overflows ends the process; the parser of events has no
    // recursion. An alias stands for a copy of what it names: a few lines could stand for a definition of any size. And a key is looked up by its
    // hash, which many keys that are not texts have in common.
    private static void CheckEvents(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        // For each level, whether a key comes next; never in a list.
        var levels = new Stack<bool?>();
        for (var parts = 1; parser.MoveNext(); parts++)
        {
            var part = parser.Current!;
            var isKey = part is NodeEvent && levels.TryPeek(out var key) && key == true;
            Require(parts <= MaxParts, part, $"has more than {MaxParts} parts");
            Require(part is not AnchorAlias, part, "aliases are not allowed");
            Require(!isKey || part is Scalar, part, "a key must be a single value");
            Follow(part, levels);
            Require(levels.Count <= MaxDepth, part, $"is nested more than {MaxDepth} levels deep");
        }
    }

    private static void Follow(ParsingEvent part, Stack<bool?> levels)
    {
        if (part is MappingEnd or SequenceEnd)
        {
            levels.Pop();
        }
        else if (part is NodeEvent && levels.TryPop(out var key))
        {
            levels.Push(!key);
        }

        if (part is MappingStart or SequenceStart)
        {
            levels.Push(part is MappingStart ? true : null);
        }
    }

    private static void Require(bool ok, ParsingEvent part, string problem)
    {
        if (!ok)
        {
            throw new YamlException(part.Start, part.End, problem);
        }
    }

    private void ReadRoot(YamlMappingNode root, Workflow workflow)
    {
        foreach (var (key, value) in root.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            IMessage target = s_root.Contains(name) ? workflow : workflow.Definition;
            ReadField(name, value, target, "");
        }
    }

    private void ReadMessage(YamlNode node, IMessage target, string path)
    {
        if (node is not YamlMappingNode mapping)
        {
            _faults.Add(path, "must have fields");
            return;
        }

        foreach (var (key, value) in mapping.Children)
        {
            ReadField((key as YamlScalarNode)?.Value ?? "", value, target, $"{path}.");
        }
    }

    private void ReadField(string name, YamlNode value, IMessage target, string prefix)
    {
        var path = prefix + name;
        var field = target.Descriptor.FindFieldByName(name);
        if (field is null)
        {
            var fields = target.Descriptor.Fields.InFieldNumberOrder().Select(f => f.Name);
            _faults.Add(path, $"there is no such field here; possible fields are {string.Join(", ", prefix.Length == 0 ? s_root.Concat(fields) : fields)}");
        }
        else if (field.RealContainingOneof is { } oneof && oneof.Accessor.GetCaseFieldDescriptor(target) is { } other)
        {
            _faults.Add(path, $"cannot stand beside {other.Name}");
        }
        else if (field.IsRepeated)
        {
            ReadList(field, value, target, path);
        }
        else if (ReadValue(field, value, path) is { } single)
        {
            field.Accessor.SetValue(target, single);
        }
    }

    private void ReadList(FieldDescriptor field, YamlNode value, IMessage target, string path)
    {
        if (value is not YamlSequenceNode sequence)
        {
            _faults.Add(path, "must be a list");
            return;
        }

        var list = (System.Collections.IList)field.Accessor.GetValue(target);
        for (var i = 0; i < sequence.Children.Count; i++)
        {
            if (ReadValue(field, sequence.Children[i], $"{path}[{i}]") is { } item)
            {
                list.Add(item);
            }
        }
    }

    private object? ReadValue(FieldDescriptor field, YamlNode node, string path)
    {
        if (field.FieldType is FieldType.Message && !(node is YamlScalarNode && HasShortForm(field.MessageType)))
        {
            var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            // `end:` alone is a message without fields.
            if (node is not YamlScalarNode { Value: "" })
            {
                ReadMessage(node, message, path);
            }

            return message;
        }

        if (node is not YamlScalarNode { Value: { } text })
        {
            _faults.Add(path, "must be a single value");
            return null;
        }

        var value = ReadScalar(field, text);
        if (value is null)
        {
            _faults.Add(path, $"\"{text}\" is not {Expected(field)}");
        }

        return value;
    }

    private static bool HasShortForm(MessageDescriptor type) => type == Period.Descriptor || type == Condition.Descriptor;

    private static object? ReadScalar(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.String => text,
        FieldType.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        FieldType.Bool => text is "true" or "false" ? text == "true" : null,
        FieldType.Enum => FieldWords.EnumNumber(field.EnumType, text),
        FieldType.Message when field.MessageType == Period.Descriptor => FieldWords.ReadPeriod(text),
        FieldType.Message => new Condition { Text = text },
        _ => null,
    };

    private static string Expected(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Int32 => "a whole number",
        FieldType.Bool => "true or false",
        FieldType.Enum => $"one of {string.Join(", ", FieldWords.EnumWords(field.EnumType))}",
        _ => "a period such as \"3 days\"",
    };
}
