namespace TagSegments.Tags.Imports;

/// <summary>A column of a file and where its values go.</summary>
internal sealed record ImportColumn(int Index, string Header)
{
    /// <summary>The prefix of targets that are custom fields.</summary>
    public const string FieldPrefix = "fields.";

    /// <summary>The attribute, or <c>fields.KEY</c>; empty if the values go nowhere.</summary>
    public string Target { get; init; } = "";

    /// <summary>The key of the custom field; null if the target is none.</summary>
    public string? FieldKey =>
        Target.StartsWith(FieldPrefix, StringComparison.Ordinal) ? Target[FieldPrefix.Length..] : null;

    /// <summary>Whether the values are tags.</summary>
    public bool IsTags { get; init; }

    /// <summary>The values that mean missing.</summary>
    public IReadOnlySet<string> Missing { get; init; } = new HashSet<string>();

    /// <summary>Gives the value in a row; null if it is missing.</summary>
    public string? Read(CsvRow row) => row.Cells[Index] is { Length: > 0 } text && !Missing.Contains(text) ? text : null;
}
