using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>How a clause is read from the answer to a leaf: the matches, or the contacts whose time or number is from one value to before another.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="From">The start, as ticks or as the code of a number; for values.</param>
/// <param name="Until">The end, excluded; for values.</param>
internal sealed record LeafUse(Leaf Leaf, long From = 1, long Until = long.MaxValue)
{
    /// <summary>
    /// The leaf to ask instead if a time at or after <see cref="Until"/> is known, because the latest time then hides the others. Null if nothing
    /// is hidden.
    /// </summary>
    public Leaf? Instead { get; init; }
}
