using System.Text.Json;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The names in the objects of a file, in their order, with what JSON says of their values.</summary>
internal sealed class JsonNames
{
    private readonly OrderedDictionary<string, HashSet<JsonValueKind>> _kinds = new(StringComparer.Ordinal);

    /// <summary>The number of names.</summary>
    public int Count => _kinds.Count;

    /// <summary>The names that have a value anywhere; all names of an export of this product, in which null is an empty cell.</summary>
    public string[] Headers => OwnExport.IsJson(_kinds.Keys) ? [.. _kinds.Keys] : [.. _kinds.Where(name => name.Value.Count > 0).Select(name => name.Key)];

    /// <summary>Adds the names of an object.</summary>
    public void Add(IEnumerable<(string Name, JsonValueKind Kind)> seen, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, kind) in seen)
        {
            _kinds.TryAdd(name, []);
            if (values.ContainsKey(name))
            {
                _kinds[name].Add(kind is JsonValueKind.False ? JsonValueKind.True : kind);
            }
        }
    }

    /// <summary>Returns true if the values of a name can be of a type: texts are no numbers here, and what is written as a list is one.</summary>
    public bool CanBe(string name, Type type) => _kinds[name].All(kind => kind switch
    {
        JsonValueKind.Array => type is Type.MultipleChoice,
        JsonValueKind.Number => type is Type.Number,
        JsonValueKind.True => type is Type.Boolean,
        _ => type is not (Type.Number or Type.Boolean or Type.MultipleChoice),
    });
}
