using Crm.Segments.V1;

namespace TagSegments.Filters.Catalog;

/// <summary>Finds attributes and custom fields by reference and by name.</summary>
public sealed class FieldIndex
{
    private readonly Dictionary<int, FilterField> _byId;
    private readonly Dictionary<string, FilterField> _byName = new(StringComparer.Ordinal);
    private readonly ILookup<string, FilterField> _byLooseName;

    public FieldIndex(IReadOnlyList<FilterField> attributes, IReadOnlyList<FilterField> customFields)
    {
        _byId = customFields.ToDictionary(field => field.FieldId);
        foreach (var field in customFields.Where(field => !field.IsDeleted).Concat(attributes))
        {
            _byName[field.Name] = field;
        }

        _byLooseName = _byName.Values.ToLookup(field => Loose(field.Name), StringComparer.Ordinal);
    }

    /// <summary>The names that can be used.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Finds the field that a clause refers to, also a deleted one.</summary>
    public FilterField? Find(FieldRef? reference) => reference?.RefCase switch
    {
        FieldRef.RefOneofCase.Attribute => _byName.GetValueOrDefault(reference.Attribute) is { IsAttribute: true } field ? field : null,
        FieldRef.RefOneofCase.FieldId => _byId.GetValueOrDefault(reference.FieldId),
        _ => null,
    };

    /// <summary>Finds the field of this name, or the only one whose name differs in case, spaces, hyphens and underscores alone.</summary>
    public FilterField? ByName(string name)
    {
        if (_byName.TryGetValue(name, out var exact))
        {
            return exact;
        }

        var similar = _byLooseName[Loose(name)].Take(2).ToList();
        return similar.Count == 1 ? similar[0] : null;
    }

    private static string Loose(string name) => name.Replace(' ', '_').Replace('-', '_').ToUpperInvariant();
}
