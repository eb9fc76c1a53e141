namespace TagSegments.Segments.Index;

/// <summary>What a state lacks for an evaluation.</summary>
internal sealed record Missing(IReadOnlySet<int> Tags)
{
    /// <summary>Nothing is missing.</summary>
    public static readonly Missing Nothing = new(new HashSet<int>());

    /// <summary>Puts together what several evaluations lack.</summary>
    public static Missing All(IEnumerable<IReadOnlySet<int>> several) => new(several.SelectMany(tags => tags).ToHashSet());

    /// <summary>Whether nothing is missing.</summary>
    public bool IsEmpty => Tags.Count == 0;
}
