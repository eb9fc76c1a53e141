namespace TagSegments.Segments.Sql;

/// <summary>
/// A boolean expression over the alias <c>c</c> of the contacts that is true or false for every row, never null, and its
/// parameters, <c>@account</c> among them.
/// </summary>
internal sealed record SqlFragment(string Text, SqlParameters Parameters);
