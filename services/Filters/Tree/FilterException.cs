namespace TagSegments.Filters.Tree;

/// <summary>Thrown for a filter that cannot be understood or put together. The message says why, for people.</summary>
public abstract class FilterException(string message) : Exception(message);
