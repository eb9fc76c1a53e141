using Google.Protobuf;
using Format = Crm.Contacts.V1.ExportContactsRequest.Types.Format;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>A file of contacts that is written part by part.</summary>
internal abstract class ExportFile : IDisposable
{
    /// <summary>Begins a file in a format. Throws INVALID_ARGUMENT for an unknown one.</summary>
    public static ExportFile Begin(Format format, IReadOnlyList<ExportColumn> columns, bool raw) => format switch
    {
        Format.Unspecified or Format.Csv => new CsvExport(columns, raw),
        Format.JsonLines => new JsonExport(columns),
        _ => throw RpcErrors.InvalidField("format", "is not a known format"),
    };

    /// <summary>The length of the part that is being written.</summary>
    public abstract int Length { get; }

    /// <summary>Writes a contact.</summary>
    public abstract void Write(ExportRow row);

    /// <summary>Returns what was written since the last call.</summary>
    public abstract ByteString Take();

    /// <inheritdoc/>
    public abstract void Dispose();
}
