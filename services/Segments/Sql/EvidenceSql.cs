namespace TagSegments.Segments.Sql;

/// <summary>
/// The rows of the contact in the parameter <c>@candidates</c> that a clause reads: a <c>FROM ... WHERE</c> whose rows it counts or tests, and
/// boolean expressions over such a row, never null.
/// </summary>
internal sealed record EvidenceSql(string Rows, IReadOnlyList<string> Conditions, SqlParameters Parameters)
{
    /// <summary>What a row adds to the sum that the clause asks for; null if it asks for none.</summary>
    public string Amount { get; init; } = "NULL::numeric";
}
