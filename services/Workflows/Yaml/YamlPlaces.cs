using YamlDotNet.Core;

namespace TagSegments.Workflows.Yaml;

/// <summary>Where in a YAML text the field at each path stands.</summary>
internal sealed class YamlPlaces
{
    private readonly Dictionary<string, Mark> _marks = new() { [""] = new Mark(0, 1, 1) };

    public void Add(string path, Mark mark) => _marks.TryAdd(path, mark);

    /// <summary>The place of the path, or of the nearest thing around it that is written down.</summary>
    public string Find(string path)
    {
        while (!_marks.ContainsKey(path))
        {
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return $"line {_marks[path].Line}, column {_marks[path].Column}";
    }
}
