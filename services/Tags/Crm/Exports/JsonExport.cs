using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Writes contacts as JSON lines: an object in each line, with a value or null for every column.</summary>
internal sealed class JsonExport(IReadOnlyList<ExportColumn> columns) : ExportFile
{
    // The file is for programs, not for pages.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly JsonEncodedText[] _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Header, s_options.Encoder))];

    /// <inheritdoc/>
    public override int Length => _bytes.WrittenCount;

    /// <inheritdoc/>
    public override void Write(ExportRow row)
    {
        using (var json = new Utf8JsonWriter(_bytes, s_options))
        {
            json.WriteStartObject();
            foreach (var (i, column) in columns.Index())
            {
                json.WritePropertyName(_names[i]);
                column.Write(row, json);
            }

            json.WriteEndObject();
        }

        _bytes.Write("\n"u8);
    }

    /// <inheritdoc/>
    public override ByteString Take()
    {
        var part = ByteString.CopyFrom(_bytes.WrittenSpan);
        _bytes.ResetWrittenCount();
        return part;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
