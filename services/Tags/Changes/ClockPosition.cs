namespace TagSegments.Tags.Changes;

/// <summary>A position of an account's clock; the nonce tells equal positions of different histories apart.</summary>
internal readonly record struct ClockPosition(long Pos, Guid Nonce);
