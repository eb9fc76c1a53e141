namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>A row of a file.</summary>
/// <param name="Line">The line at which it starts, from 1.</param>
/// <param name="Number">The number of the row, from 1; the header does not count, malformed rows do.</param>
/// <param name="Cells">The values, without white space around them unless the file marks it as part of the value.</param>
/// <param name="Problem">Why it could not be read.</param>
internal sealed record CsvRow(long Line, int Number, string[] Cells, string? Problem);
