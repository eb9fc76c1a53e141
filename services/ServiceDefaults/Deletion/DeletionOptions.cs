namespace TagSegments.ServiceDefaults.Deletion;

/// <summary>How accounts are deleted: the section <c>Accounts</c>.</summary>
public sealed record DeletionOptions
{
    /// <summary>How long a deleted account can be restored. Then it is erased. Only the tag service needs it.</summary>
    public TimeSpan EraseAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long the erasure waits after nobody can find the account any more: longer than services remember accounts and calls last. Only the tag
    /// service needs it.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many rows are erased in one transaction.</summary>
    public int RowsAtOnce { get; init; } = 2_000;

    /// <summary>The pause after each transaction, so that the erasure takes little from accounts that are in use.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(20);
}
