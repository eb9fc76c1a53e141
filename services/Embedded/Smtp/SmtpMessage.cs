using System.Text;

namespace TagSegments.Embedded.Smtp;

/// <summary>A message that the sink has accepted.</summary>
/// <param name="Number">Its number, from 1, in the order of acceptance.</param>
/// <param name="Sender">The address of MAIL FROM.</param>
/// <param name="Recipients">The accepted addresses of RCPT TO.</param>
/// <param name="Data">Header and body as sent, without the transport's dots.</param>
public sealed record SmtpMessage(long Number, string Sender, IReadOnlyList<string> Recipients, ReadOnlyMemory<byte> Data)
{
    /// <summary>Header and body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>Returns the first header of that name, unfolded and not decoded; null if the message has none.</summary>
    public string? Header(string name)
    {
        string? value = null;
        foreach (var line in HeaderLines())
        {
            if (value is not null && line is [' ' or '\t', ..])
            {
                value += line;
            }
            else if (value is not null)
            {
                break;
            }
            else if (line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                value = line[(name.Length + 1)..];
            }
        }

        return value?.Trim();
    }

    private IEnumerable<string> HeaderLines()
    {
        var end = Data.Span.IndexOf("\r\n\r\n"u8);
        return Encoding.UTF8.GetString(Data.Span[..(end < 0 ? Data.Length : end)]).Split("\r\n");
    }
}
