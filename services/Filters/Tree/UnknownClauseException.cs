namespace TagSegments.Filters.Tree;

/// <summary>A filter holds a clause of a kind that is not known here, or of none. What it means is never guessed.</summary>
public sealed class UnknownClauseException() : FilterException("The filter holds a clause of a kind that is not known here.");
