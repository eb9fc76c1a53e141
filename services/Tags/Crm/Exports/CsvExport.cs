using System.Text;
using Google.Protobuf;
using TagSegments.Csv;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Writes contacts as CSV, with a header.</summary>
internal sealed class CsvExport : ExportFile
{
    private readonly IReadOnlyList<ExportColumn> _columns;
    private readonly StringWriter _text = new();
    private readonly CsvRows _csv;

    public CsvExport(IReadOnlyList<ExportColumn> columns, bool raw)
    {
        _columns = columns;
        _csv = new CsvRows(_text, raw);
        _csv.WriteHeader(columns.Select(column => column.Header));
    }

    /// <inheritdoc/>
    public override int Length => _text.GetStringBuilder().Length;

    /// <inheritdoc/>
    public override void Write(ExportRow row) => _csv.Write(_columns.Select(column => column.Cell(row)));

    /// <inheritdoc/>
    public override ByteString Take()
    {
        _csv.Flush();
        var part = ByteString.CopyFrom(_text.ToString(), Encoding.UTF8);
        _text.GetStringBuilder().Clear();
        return part;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _csv.Dispose();
        _text.Dispose();
    }
}
