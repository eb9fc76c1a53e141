using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The columns without a header: empty ones do not count, values in others are left out and reported.</summary>
internal sealed class UnnamedColumns(IEnumerable<ImportColumn> columns)
{
    private readonly (ImportColumn Column, long[] Rows)[] _columns = [.. columns.Where(column => column.IsUnnamed).Select(column => (column, new long[1]))];

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        foreach (var (column, rows) in _columns)
        {
            rows[0] += column.Read(row) is null ? 0 : 1;
        }
    }

    /// <summary>Names each column that has values.</summary>
    public IEnumerable<ImportNotice> Notices() => _columns.Where(column => column.Rows[0] > 0).Select(column => new ImportNotice
    {
        Kind = ImportNotice.Types.Kind.ColumnSkipped,
        Column = column.Column.Header,
        Rows = column.Rows[0],
        Message = $"The column has no header, so its values in {column.Rows[0]} rows were left out. Map \"{column.Column.Header}\" to import them.",
    });
}
