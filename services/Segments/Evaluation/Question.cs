using Crm.Segments.V1;

namespace TagSegments.Segments.Evaluation;

/// <summary>A filter to evaluate: for everyone, or for some candidates only; the answer means nothing for others then.</summary>
internal sealed record Question(Filter Filter, int[]? Candidates = null);
