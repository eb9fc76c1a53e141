using System.Collections.Frozen;

namespace TagSegments.Segments.Index;

/// <summary>The smart lists of an account, by id and by name.</summary>
internal sealed class SmartListIndex(IReadOnlyCollection<SmartListDefinition> lists)
{
    private readonly FrozenDictionary<string, SmartListDefinition> _byId = lists.ToFrozenDictionary(list => list.SmartListId);
    private readonly FrozenDictionary<string, SmartListDefinition> _byName = lists.ToFrozenDictionary(list => list.Name);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<SmartListDefinition> All { get; } = [.. lists.OrderBy(list => list.Name, StringComparer.Ordinal)];

    /// <summary>Finds a list by its id.</summary>
    public SmartListDefinition? ById(string smartListId) => _byId.GetValueOrDefault(smartListId);

    /// <summary>Finds a list by its name, exactly.</summary>
    public SmartListDefinition? ByName(string name) => _byName.GetValueOrDefault(name);
}
