namespace TagSegments.Segments.Index;

/// <summary>
/// A position of a clock and the nonce stored with it. Positions can be used twice, after a fail-over or a restore; position and nonce cannot.
/// </summary>
internal readonly record struct ClockPosition(long Pos, Guid Nonce);
