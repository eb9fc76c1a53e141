using System.Globalization;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TagSegments.Workflows.Definitions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TagSegments.Workflows.Yaml;

/// <summary>Writes a workflow as the YAML that <see cref="YamlReader"/> reads: names instead of numbers, so that it fits other accounts.</summary>
internal static class YamlWriter
{
    // What a name beside them says as well.
    private static readonly string[] s_numbers = ["tag_ids", "tag_id", "exit_tag_ids", "stage_id", "workflow_id", "segment_id"];

    public static string Write(Workflow workflow)
    {
        var root = new YamlMappingNode();
        Add(root, "name", Text(workflow.Name));
        if (workflow.Description.Length > 0)
        {
            Add(root, "description", Text(workflow.Description));
        }

        if (workflow.OwnerEmail.Length > 0)
        {
            Add(root, "owner_email", Text(workflow.OwnerEmail));
        }

        foreach (var (key, value) in Fields(workflow.Definition).Children)
        {
            root.Add(key, value);
        }

        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue)), assignAnchors: false);
        // The stream ends each document with a marker, which a single one does not need.
        return text.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    private static YamlMappingNode Fields(IMessage message)
    {
        var mapping = new YamlMappingNode();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => !s_numbers.Contains(field.Name)))
        {
            if (IsSet(field, message))
            {
                Add(mapping, field.Name, FieldValue(field, field.Accessor.GetValue(message)));
            }
        }

        return mapping;
    }

    private static bool IsSet(FieldDescriptor field, IMessage message) => field switch
    {
        { IsRepeated: true } => ((System.Collections.IList)field.Accessor.GetValue(message)).Count > 0,
        { HasPresence: true } => field.Accessor.HasValue(message),
        { FieldType: FieldType.Enum } => Number(field.Accessor.GetValue(message)) != 0,
        _ => field.Accessor.GetValue(message) is not ("" or 0 or false),
    };

    private static int Number(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static YamlNode FieldValue(FieldDescriptor field, object value) => field.IsRepeated
        ? new YamlSequenceNode(((System.Collections.IEnumerable)value).Cast<object>().Select(item => Single(field, item)))
        : Single(field, value);

    private static YamlNode Single(FieldDescriptor field, object value) => value switch
    {
        Period period => Text(FieldWords.WritePeriod(period)),
        Condition condition => Text(condition.Text),
        IMessage message => Fields(message),
        bool truth => new YamlScalarNode(truth ? "true" : "false"),
        Enum => new YamlScalarNode(FieldWords.EnumWord(field.EnumType, Number(value))),
        int number => new YamlScalarNode(number.ToString(CultureInfo.InvariantCulture)),
        _ => Text((string)value),
    };

    private static void Add(YamlMappingNode mapping, string name, YamlNode value) => mapping.Add(new YamlScalarNode(name), value);

    private static YamlScalarNode Text(string text) => new(text)
    {
        Style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.Any,
    };
}
