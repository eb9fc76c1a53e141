namespace TagSegments.Tags.Changes;

/// <summary>A position of an account's clock; the nonce distinguishes equal positions of different histories.</summary>
internal readonly record struct ClockPosition(long Pos, Guid Nonce);
