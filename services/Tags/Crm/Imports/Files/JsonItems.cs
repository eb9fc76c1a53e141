using System.Text;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Reads the objects of a JSON array, or objects one after the other, on whatever lines they are. Only one is in memory at a time.</summary>
internal sealed class JsonItems : IDisposable
{
    private readonly MemoryStream _item = new();
    private long _line = 1;
    private long _start;
    private int _depth;
    private bool _isText;
    private bool _isEscaped;

    private JsonItems()
    {
    }

    /// <summary>Reads the items of a file with the lines at which they start; one that is too long is null, and the last.</summary>
    public static IEnumerable<(long Line, byte[]? Text)> Read(Stream file, Encoding encoding, int mostBytes)
    {
        using var utf8 = encoding is UTF8Encoding ? null : Encoding.CreateTranscodingStream(file, encoding, Encoding.UTF8, leaveOpen: true);
        using var items = new JsonItems();
        var part = new byte[64 * 1024];
        for (int read; (read = (utf8 ?? file).Read(part)) > 0;)
        {
            for (var i = 0; i < read; i++)
            {
                if (items.Add(part[i]))
                {
                    yield return (items._start, items.Take());
                }
                else if (items._item.Length > mostBytes)
                {
                    yield return (items._start, null);
                    yield break;
                }
            }
        }

        if (items._item.Length > 0)
        {
            yield return (items._start, items.Take());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _item.Dispose();

    // Takes a byte; true if an item ends with it.
    private bool Add(byte one)
    {
        _line += one == '\n' ? 1 : 0;
        if (_item.Length == 0)
        {
            // Between items; the array itself and a byte order mark are none.
            if (one is (byte)'[' or (byte)']' or (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF)
            {
                return false;
            }

            (_start, _depth, _isText, _isEscaped) = (_line, 0, false, false);
        }
        else if (_depth == 0 && !_isText && one is (byte)',' or (byte)']' or (byte)'\n')
        {
            // What is no object ends here.
            return true;
        }

        _item.WriteByte(one);
        if (_isText)
        {
            (_isText, _isEscaped) = (_isEscaped || one != '"', !_isEscaped && one == '\\');
            return false;
        }

        _isText = one == '"';
        _depth += one is (byte)'{' or (byte)'[' ? 1 : one is (byte)'}' or (byte)']' ? -1 : 0;
        return _depth == 0 && one is (byte)'}' or (byte)']';
    }

    private byte[] Take()
    {
        var text = _item.ToArray();
        _item.SetLength(0);
        return text;
    }
}
