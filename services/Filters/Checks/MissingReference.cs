using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Checks;

/// <summary>Something that a filter refers to and that does not exist, or no longer does.</summary>
public sealed record MissingReference(string Resource, string Id, string Path)
{
    /// <summary>Names that may have been meant; empty for things known by number.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Describes the missing thing and its place, for people.</summary>
    public override string ToString() => $"{Path}: {Resource} {MessageText.Short(Id)} does not exist{MessageText.Hint(Suggestions)}";
}
