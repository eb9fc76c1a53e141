using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>How a clause is read from the answer to a leaf: the matches, or the contacts whose time is from one instant to before another.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="From">The start in ticks; for times.</param>
/// <param name="Until">The end in ticks, excluded; for times.</param>
internal sealed record LeafUse(Leaf Leaf, long From = 1, long Until = long.MaxValue)
{
    /// <summary>
    /// The leaf to ask instead if a time at or after <see cref="Until"/> is known, because the latest time then hides the others. Null if nothing
    /// is hidden.
    /// </summary>
    public Leaf? Instead { get; init; }
}
