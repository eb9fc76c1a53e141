namespace TagSegments.Filters.Tree;

/// <summary>Thrown for a filter that is too large after the segments that it refers to are put in place.</summary>
public sealed class FilterTooLargeException()
    : FilterException("The filter is too large once the segments that it refers to are put in their places.")
{
    /// <summary>Throws if a node is deeper than nested segments of full depth could be.</summary>
    public static void ThrowIfTooDeep(int depth)
    {
        if (depth > FilterLimits.Depth * FilterLimits.Depth)
        {
            throw new FilterTooLargeException();
        }
    }

    /// <summary>Throws if there are more clauses than a filter may have with its segments in their places.</summary>
    public static void ThrowIfTooMany(int clauses)
    {
        if (clauses > FilterLimits.ExpandedClauses)
        {
            throw new FilterTooLargeException();
        }
    }
}
