using TagSegments.Segments.Filters;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>Leaves that ask the same are the same.</summary>
internal sealed class LeafComparer : IEqualityComparer<Leaf>
{
    public static readonly LeafComparer Instance = new();

    public bool Equals(Leaf? x, Leaf? y) => x?.Key == y?.Key;

    public int GetHashCode(Leaf leaf) => leaf.Key.GetHashCode(StringComparison.Ordinal);
}
