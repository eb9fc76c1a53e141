using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Checks;

/// <summary>Something that a filter refers to and that does not exist, or no longer does.</summary>
public sealed record MissingReference(string Resource, string Id, string Path)
{
    /// <summary>Names that may have been meant; empty for what goes by numbers.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Says what is missing where, for people.</summary>
    public override string ToString() => $"{Path}: {Resource} {MessageText.Short(Id)} does not exist{MessageText.Hint(Suggestions)}";
}
