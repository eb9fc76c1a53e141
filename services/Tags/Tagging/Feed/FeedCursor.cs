namespace TagSegments.Tags.Tagging.Feed;

/// <summary>
/// How far a consumer of the feed has come: everything up to this contact of this row of this commit. The nonce is the commit's.
/// </summary>
internal readonly record struct FeedCursor(long Pos, Guid Nonce, int Seq, int ContactId)
{
    /// <summary>Before everything.</summary>
    public static FeedCursor Start => new(0, Guid.Empty, int.MaxValue, int.MaxValue);

    /// <summary>After everything of a commit.</summary>
    public static FeedCursor After(long pos, Guid nonce) => new(pos, nonce, int.MaxValue, int.MaxValue);
}
