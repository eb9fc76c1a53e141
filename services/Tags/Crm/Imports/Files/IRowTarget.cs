using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Where the rows of a file go: contacts or opportunities.</summary>
internal interface IRowTarget<TDraft>
    where TDraft : class
{
    /// <summary>Reads a row; null if it has errors, which it reports.</summary>
    TDraft? Read(CsvRow row, Action<string, string> report);

    /// <summary>Writes rows in one transaction and adds to the summary what they were.</summary>
    Task WriteAsync(IReadOnlyList<TDraft> batch, ImportSummary summary, CancellationToken ct);
}
