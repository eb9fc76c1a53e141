namespace TagSegments.Csv;

/// <summary>A value of a row.</summary>
/// <param name="Value">The text to write.</param>
/// <param name="IsText">Whether people wrote it. Numbers, dates and the like are no formulas and stay as they are.</param>
public readonly record struct CsvCell(string Value, bool IsText);
