using System.Collections;
using Google.Protobuf;

namespace TagSegments.Filters.Text;

/// <summary>
/// The places in a text where the parts of the filter stand that was read from it. A part is a message of the tree, or a field of one. The tree does
/// not hold them: they are of interest only until the filter is checked.
/// </summary>
public sealed class FilterPlaces(string text)
{
    // By identity: two parts of a filter can be equal.
    private readonly Dictionary<IMessage, Places> _parts = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Finds the place of what a check complains about: of the part at a path such as <c>filter.all_of.filters[1].field.operator</c>, or of the
    /// smallest known part around it.
    /// </summary>
    /// <param name="root">The filter that was read.</param>
    /// <param name="path">The path; the filter itself is at <paramref name="rootPath"/>.</param>
    /// <param name="rootPath">The path of the filter.</param>
    public TextSpan Find(IMessage root, string path, string rootPath)
    {
        var found = _parts.GetValueOrDefault(root)?.Whole ?? (0, text.Length);
        IMessage? part = root;
        foreach (var step in path[Math.Min(rootPath.Length, path.Length)..].Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, index) = Parse(step);
            found = _parts.GetValueOrDefault(part)?.Find(name, index) ?? found;
            part = Member(part, name, index);
            if (part is null)
            {
                break;
            }

            found = _parts.GetValueOrDefault(part)?.Whole ?? found;
        }

        return new TextSpan(text, found.Start, found.End);
    }

    /// <summary>Notes where a message stands.</summary>
    internal T Add<T>(T part, int start, int end)
        where T : IMessage
    {
        Of(part).Whole = (start, end);
        return part;
    }

    /// <summary>Notes where the next value of a field of a message stands.</summary>
    internal void Add(IMessage part, string field, int start, int end) => Of(part).Add(field, (start, end));

    /// <summary>Notes that a message was made of another one, whose fields have the same names.</summary>
    internal T Copy<T>(IMessage from, T part)
        where T : IMessage
    {
        _parts[part] = Of(from);
        return part;
    }

    private Places Of(IMessage part)
    {
        if (!_parts.TryGetValue(part, out var places))
        {
            _parts[part] = places = new Places();
        }

        return places;
    }

    private static (string Name, int Index) Parse(string step)
    {
        var bracket = step.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? (step, 0) : (step[..bracket], int.Parse(step.AsSpan(bracket + 1, step.Length - bracket - 2), provider: null));
    }

    private static IMessage? Member(IMessage part, string name, int index) => part.Descriptor.FindFieldByName(name)?.Accessor.GetValue(part) switch
    {
        IMessage member => member,
        IList list when index < list.Count => list[index] as IMessage,
        _ => null,
    };

    private sealed class Places
    {
        private readonly Dictionary<string, List<(int Start, int End)>> _fields = [];

        public (int Start, int End)? Whole { get; set; }

        public (int Start, int End)? Find(string field, int index) =>
            _fields.TryGetValue(field, out var values) && index < values.Count ? values[index] : null;

        public void Add(string field, (int Start, int End) place)
        {
            if (!_fields.TryGetValue(field, out var values))
            {
                _fields[field] = values = [];
            }

            values.Add(place);
        }
    }
}

/// <summary>A filter that was read from a text, and where its parts stand there.</summary>
public sealed record ParsedFilter(Crm.Segments.V1.Filter Filter, FilterPlaces Places);
