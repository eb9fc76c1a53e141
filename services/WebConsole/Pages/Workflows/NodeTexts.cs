using System.Text.Encodings.Web;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace TagSegments.WebConsole.Pages.Workflows;

/// <summary>Where the nodes of a workflow stand in its YAML: one can be marked, and its settings changed, while all else stays as it was written.</summary>
public static class NodeTexts
{
    private static readonly JsonSerializerOptions s_legible = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A node with its lines, counted from 1, and the values that it sets.</summary>
    public sealed record NodeText(string Id, int FirstLine, int LastLine, IReadOnlyList<Setting> Settings);

    /// <summary>A value with its place in the text.</summary>
    public sealed record Setting(string Path, string Value, bool IsPlain, int Start, int End);

    /// <summary>Reads the nodes of a text that the workflow service has accepted.</summary>
    public static IReadOnlyList<NodeText> Of(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents is [{ RootNode: YamlMappingNode root }] && Field(root, "nodes") is YamlSequenceNode nodes
            ? nodes.Children.OfType<YamlMappingNode>().Select(node => Read(node, yaml)).ToList()
            : [];
    }

    /// <summary>Writes another value in the place of a setting.</summary>
    public static string Replace(string yaml, Setting setting, string value) =>
        string.Concat(yaml.AsSpan(0, setting.Start), setting.IsPlain && IsWord(value) ? value : JsonSerializer.Serialize(value, s_legible), yaml.AsSpan(setting.End));

    private static NodeText Read(YamlMappingNode node, string yaml) => new(
        (Field(node, "id") as YamlScalarNode)?.Value ?? "",
        (int)node.Start.Line,
        yaml.AsSpan(0, Last(node, yaml)).Count('\n') + 1,
        Settings(node, "", yaml).ToList());

    private static IEnumerable<Setting> Settings(YamlNode node, string path, string yaml) => node switch
    {
        YamlScalarNode scalar => [new(path, scalar.Value ?? "", scalar.Style == ScalarStyle.Plain, (int)scalar.Start.Index, End(scalar, yaml))],
        YamlMappingNode mapping => mapping.Children.SelectMany(child => Settings(child.Value, path is "" ? $"{child.Key}" : $"{path}.{child.Key}", yaml)),
        YamlSequenceNode list => list.Children.SelectMany((child, index) => Settings(child, $"{path}[{index}]", yaml)),
        _ => [],
    };

    // A block ends only where the next thing begins, so its last value counts.
    private static int Last(YamlNode node, string yaml) => node switch
    {
        YamlMappingNode { Style: not MappingStyle.Flow, Children.Count: > 0 } block => block.Children.Max(child => Last(child.Value, yaml)),
        YamlSequenceNode { Style: not SequenceStyle.Flow, Children.Count: > 0 } block => block.Children.Max(child => Last(child, yaml)),
        _ => End(node, yaml),
    };

    private static int End(YamlNode node, string yaml) => yaml.AsSpan(0, (int)node.End.Index).TrimEnd().Length is var end && end > node.Start.Index ? end : (int)node.End.Index;

    private static YamlNode? Field(YamlMappingNode mapping, string name) =>
        mapping.Children.FirstOrDefault(child => child.Key is YamlScalarNode key && key.Value == name).Value;

    // Anything else could be read as another kind of value.
    private static bool IsWord(string value) =>
        value is [var first, ..] && char.IsAsciiLetterOrDigit(first) && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
