namespace TagSegments.Filters.Tree;

/// <summary>The limits of a filter; a filter that exceeds them is refused, never cut.</summary>
public static class FilterLimits
{
    public const int Depth = 32;
    public const int Clauses = 1_000;
    public const int Operands = 10_000;
    public const int TextBytes = 65_536;

    /// <summary>How long a whole filter may be as text: room for the longest list with values as long as e-mail addresses can be.</summary>
    public const int FilterBytes = 1_048_576;

    /// <summary>How many words and symbols a filter may have as text: several times what the largest filter needs.</summary>
    public const int Tokens = 100_000;

    public const int PeriodCount = 100_000;
    public const int CalendarCount = 10_000;
    public const int DecimalDigits = 28;

    /// <summary>The largest number of clauses in a filter after the segments that it refers to are put in place.</summary>
    public const int ExpandedClauses = 10_000;
}
