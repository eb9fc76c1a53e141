namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>How much PostgreSQL is asked at once. It changes the speed, never the answer.</summary>
/// <param name="Few">Up to this many contacts, handing them to PostgreSQL is faster than getting everyone who matches from it.</param>
/// <param name="VeryFew">Up to this many contacts, asking everything at once is faster than asking step by step.</param>
/// <param name="MostChanged">Checking this many contacts again takes about as long as asking about everyone.</param>
internal sealed record LeafQueryLimits(int Few = 10_000, int VeryFew = 500, int MostChanged = 50_000);
