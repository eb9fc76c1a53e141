namespace TagSegments.Filters.Tree;

/// <summary>Thrown for a clause whose kind is unknown or not set. Its meaning is never guessed.</summary>
public sealed class UnknownClauseException() : FilterException("The filter holds a clause of a kind that is not known here.");
