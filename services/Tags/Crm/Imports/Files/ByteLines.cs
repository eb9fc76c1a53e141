using System.Text;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Reads lines as UTF-8, each within a bound.</summary>
internal static class ByteLines
{
    private const int PartBytes = 64 * 1024;

    /// <summary>Reads the lines of a file with their numbers; one that is too long is null, and the last.</summary>
    public static IEnumerable<(long Line, byte[]? Text)> Read(Stream file, Encoding encoding, int mostBytes)
    {
        using var utf8 = encoding is UTF8Encoding ? null : Encoding.CreateTranscodingStream(file, encoding, Encoding.UTF8, leaveOpen: true);
        var source = utf8 ?? file;
        var part = new byte[PartBytes];
        using var line = new MemoryStream();
        var number = 1L;
        for (int read; (read = source.Read(part)) > 0;)
        {
            for (var start = 0; start < read;)
            {
                var length = Array.IndexOf(part, (byte)'\n', start, read - start) is var at and >= 0 ? at - start : read - start;
                line.Write(part, start, length);
                start += length + 1;
                if (line.Length > mostBytes)
                {
                    yield return (number, null);
                    yield break;
                }

                if (start <= read)
                {
                    yield return (number, Take(line, number));
                    number++;
                }
            }
        }

        if (line.Length > 0)
        {
            yield return (number, Take(line, number));
        }
    }

    private static byte[] Take(MemoryStream line, long number)
    {
        var text = line.ToArray();
        line.SetLength(0);
        return number == 1 && text is [0xEF, 0xBB, 0xBF, ..] ? text[3..] : text;
    }
}
