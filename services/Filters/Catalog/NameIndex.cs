namespace TagSegments.Filters.Catalog;

/// <summary>Finds things by id and, unless they are deleted, by their exact name.</summary>
public sealed class NameIndex<TId>
    where TId : notnull
{
    private readonly Dictionary<TId, NamedItem<TId>> _byId;
    private readonly Dictionary<string, NamedItem<TId>?> _byName = new(StringComparer.Ordinal);

    public NameIndex(IReadOnlyList<NamedItem<TId>> items)
    {
        _byId = items.ToDictionary(item => item.Id);
        foreach (var item in items.Where(item => !item.IsDeleted))
        {
            // A name that two things share names neither of them.
            _byName[item.Name] = _byName.ContainsKey(item.Name) ? null : item;
        }
    }

    /// <summary>The names that can be used.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Finds the living thing of this id.</summary>
    public NamedItem<TId>? ById(TId id) => _byId.GetValueOrDefault(id) is { IsDeleted: false } item ? item : null;

    /// <summary>Finds the one living thing of this name.</summary>
    public NamedItem<TId>? ByName(string name) => _byName.GetValueOrDefault(name);
}
