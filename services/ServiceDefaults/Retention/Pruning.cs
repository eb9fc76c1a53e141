namespace TagSegments.ServiceDefaults.Retention;

/// <summary>Deletes what is too old of one kind, a part of one account at a time.</summary>
/// <param name="DaysOf">Gets the time of the kind.</param>
/// <param name="DueSql">
/// Selects the number of an account of which something is due, if there is one. It runs with the rights of work across accounts; its parameters
/// are the properties of a <see cref="PruneScope"/>.
/// </param>
/// <param name="PruneSql">
/// Deletes the next part of that account in one short transaction, so that it is due no more in the end. Its parameters are @AccountId, @Before
/// and @Rows, about how much a part is.
/// </param>
public sealed record Pruning(Func<RetentionDays, int> DaysOf, string DueSql, string PruneSql)
{
    /// <summary>Deletes answers that nobody asks for again from a table.</summary>
    public static Pruning Requests(string table) => new(
        days => days.RequestDays,
        $"SELECT account_id FROM {table} WHERE created_at < @Before AND {PruneScope.Condition} LIMIT 1",
        $"""
        DELETE FROM {table}
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE account_id = @AccountId AND created_at < @Before LIMIT @Rows))
        """);
}

/// <summary>The accounts of which something is deleted, and what is too old.</summary>
/// <param name="AccountId">The account; null for all but <paramref name="Except"/>.</param>
/// <param name="Except">The accounts that have times of their own.</param>
/// <param name="Before">What is from before it is too old.</param>
public sealed record PruneScope(int? AccountId, int[] Except, DateTime Before)
{
    /// <summary>The condition that a row's account is one of a scope.</summary>
    public const string Condition =
        "(CASE WHEN @AccountId::int IS NULL THEN NOT account_id = ANY (@Except) ELSE account_id = @AccountId::int END)";
}
