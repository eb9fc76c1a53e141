namespace TagSegments.Segments.Past;

/// <summary>An instant of the past, to the microsecond, and the positions of the clocks of an account then.</summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="Pos">The position of the last commit of contacts, tags or opportunities until then.</param>
/// <param name="ActivityPos">The position of the last commit of activity or suppressions until then.</param>
internal sealed record PastMoment(DateTime At, long Pos, long ActivityPos);
