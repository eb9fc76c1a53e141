using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>How a clause is read from the answer to a leaf: who matches, or, of times, whose time lies from one instant to before another.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="From">The start in ticks; of times.</param>
/// <param name="Until">The end in ticks, excluded; of times.</param>
internal sealed record LeafUse(Leaf Leaf, long From = 1, long Until = long.MaxValue)
{
    /// <summary>
    /// What to ask instead if a time is known that does not lie before <see cref="Until"/>: the latest one hides the others then. Null where
    /// nothing is hidden.
    /// </summary>
    public Leaf? Instead { get; init; }
}
