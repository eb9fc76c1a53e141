using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Text;

namespace TagSegments.Campaigns.Delivery.FastPath;

/// <summary>A text of ASCII characters in short lines: it goes over the wire as it is, without a search for an encoding.</summary>
internal sealed class PlainText : MimeEntity
{
    private const int MaxLine = 998;
    private static readonly SearchValues<char> s_plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\t', '\n']);
    private readonly byte[] _bytes;

    private PlainText(string subtype, string text)
        : base(new ContentType("text", subtype) { Charset = "utf-8" })
    {
        _bytes = Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
    }

    /// <summary>Makes a part of a message, or its whole body, which ends with a line break. The library makes texts that are not plain.</summary>
    public static MimeEntity Create(TextFormat format, string text, bool isBody) => !IsPlain(text)
        ? new TextPart(format) { Text = text }
        : new PlainText(format == TextFormat.Html ? "html" : "plain", isBody && !text.EndsWith('\n') ? text + '\n' : text);

    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
    {
    }

    public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        base.WriteTo(options, stream, contentOnly, cancellationToken);
        stream.Write(_bytes);
    }

    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        await base.WriteToAsync(options, stream, contentOnly, cancellationToken);
        await stream.WriteAsync(_bytes.AsMemory(), cancellationToken);
    }

    private static bool IsPlain(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_plain) && HasShortLines(text)
        // In mailbox files, a line like this begins a message.
        && !text.StartsWith("From ", StringComparison.Ordinal) && !text.Contains("\nFrom ", StringComparison.Ordinal);

    private static bool HasShortLines(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > MaxLine)
            {
                return false;
            }
        }

        return true;
    }
}
