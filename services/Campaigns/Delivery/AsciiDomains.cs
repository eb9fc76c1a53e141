using MimeKit.Encodings;

namespace TagSegments.Campaigns.Delivery;

/// <summary>
/// Keeps the mail library from writing domains in their own script: they leave in ASCII in the envelope and in headers, also where the server has
/// SMTPUTF8, because many servers further on do not.
/// </summary>
internal sealed class AsciiDomains : IPunycode
{
    /// <inheritdoc/>
    public string Encode(string unicode) => DomainName.ToAscii(unicode) ?? unicode;

    /// <inheritdoc/>
    public string Encode(string unicode, int index) => Encode(unicode[index..]);

    /// <inheritdoc/>
    public string Encode(string unicode, int index, int count) => Encode(unicode.Substring(index, count));

    /// <inheritdoc/>
    public string Decode(string ascii) => ascii;

    /// <inheritdoc/>
    public string Decode(string ascii, int index) => ascii[index..];

    /// <inheritdoc/>
    public string Decode(string ascii, int index, int count) => ascii.Substring(index, count);
}
