using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The target of the rows of a file: contacts or opportunities.</summary>
internal interface IRowTarget<TDraft>
    where TDraft : class
{
    /// <summary>Reads a row; null if it has errors, which it reports.</summary>
    TDraft? Read(CsvRow row, RowReport report);

    /// <summary>Looks, while the rows before are written, for what there is of these; their writing need not look again then.</summary>
    Task LookAheadAsync(IReadOnlyList<TDraft> batch, IReadOnlyList<TDraft> before, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Writes rows in one transaction and adds their outcomes to the summary.</summary>
    Task WriteAsync(IReadOnlyList<TDraft> batch, ImportSummary summary, CancellationToken ct);

    /// <summary>Adds to the summary what writing rows would do, and writes nothing.</summary>
    Task TryAsync(IReadOnlyList<TDraft> batch, ImportSummary summary, CancellationToken ct);
}
