namespace TagSegments.Segments.Sql;

/// <summary>
/// What a clause looks at of the contact in the parameter <c>@candidates</c>: a <c>FROM ... WHERE</c> whose rows it counts or tests, and
/// boolean expressions over such a row, never null.
/// </summary>
internal sealed record EvidenceSql(string Rows, IReadOnlyList<string> Conditions, SqlParameters Parameters);
