using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Past;

/// <summary>Where questions were answered, for whoever reads on in the same state: now, or at a moment of the past.</summary>
/// <param name="Snapshot">The snapshot that everything is read in.</param>
/// <param name="Context">What filters are compiled against; it has the relations of then.</param>
/// <param name="Today">The state of today, whose names callers know.</param>
internal sealed record EvaluationScope(Snapshot Snapshot, FilterContext Context, AccountState Today);
