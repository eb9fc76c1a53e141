namespace TagSegments.Filters.Checks;

/// <summary>A fault of a filter.</summary>
/// <param name="Field">The path of the part that is wrong.</param>
/// <param name="Description">What is wrong, as the rest of a sentence about that part.</param>
/// <param name="Expected">What would fit there, in the words of the text form; empty if the description says it.</param>
public sealed record FilterViolation(string Field, string Description, IReadOnlyList<string> Expected);
