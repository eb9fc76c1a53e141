using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TagSegments.Workflows.Yaml;

/// <summary>Where in a YAML text the field at a path stands. It is looked for when it is asked for: few texts have faults.</summary>
internal sealed class YamlPlaces
{
    /// <summary>The document; null as long as it cannot be read.</summary>
    public YamlMappingNode? Root { get; set; }

    /// <summary>Where the reading of the text ended if it cannot be read.</summary>
    public Mark End { get; set; } = new(0, 1, 1);

    /// <summary>The place of the path, or of the nearest thing around it that is written down.</summary>
    public string Find(string path)
    {
        var mark = End;
        for (YamlNode? node = Root; node is not null && path.Length > 0;)
        {
            (node, mark, path) = path[0] == '[' ? Item(node as YamlSequenceNode, mark, path) : Field(node as YamlMappingNode, mark, path);
        }

        return $"line {mark.Line}, column {mark.Column}";
    }

    private static (YamlNode?, Mark, string) Item(YamlSequenceNode? list, Mark mark, string path)
    {
        var end = path.IndexOf(']', StringComparison.Ordinal);
        return list is not null && end > 0 && int.TryParse(path.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < list.Children.Count && list.Children[index] is { } item
                ? (item, item.Start, path[(end + 1)..].TrimStart('.'))
                : (null, mark, "");
    }

    private static (YamlNode?, Mark, string) Field(YamlMappingNode? mapping, Mark mark, string path)
    {
        if (mapping is null)
        {
            return (null, mark, "");
        }

        // A name that is not a field's can have dots and brackets itself.
        var end = path.IndexOfAny(['.', '[']) is var first and > 0 ? first : path.Length;
        foreach (var name in new[] { path, path[..end] })
        {
            if (mapping.Children.FirstOrDefault(child => child.Key is YamlScalarNode key && key.Value == name) is { Key: { } found } field)
            {
                return (field.Value, found.Start, path[name.Length..].TrimStart('.'));
            }
        }

        return (null, mark, "");
    }
}
