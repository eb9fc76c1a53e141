namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>How much is asked of PostgreSQL at once. What is answered does not depend on it, only how fast.</summary>
/// <param name="Few">Up to so many contacts, handing them to PostgreSQL is faster than getting everyone who matches from it.</param>
/// <param name="VeryFew">Asking everything about so many is faster than asking step by step.</param>
/// <param name="MostChanged">Looking at so many contacts again takes about as long as asking about everyone.</param>
internal sealed record LeafQueryLimits(int Few = 10_000, int VeryFew = 500, int MostChanged = 50_000);
