using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>Reads the tokens of earlier versions, which were signed with <c>Tokens:Key</c>: readers of feeds keep positions for long.</summary>
internal sealed class SignedTokens(byte[] key)
{
    private const int MacLength = 16;

    /// <summary>Reads a token; null if it is damaged, forged or made for another purpose or binding.</summary>
    public string? Read(string purpose, ReadOnlySpan<byte> binding, string token)
    {
        if (!Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length >= MacLength
            && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacLength), Mac(purpose, binding, bytes.AsSpan(MacLength)))
                ? Encoding.UTF8.GetString(bytes.AsSpan(MacLength))
                : null;
    }

    private ReadOnlySpan<byte> Mac(string purpose, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> text)
    {
        byte[] message = [.. SHA256.HashData(Encoding.UTF8.GetBytes(purpose)), .. SHA256.HashData(binding), .. text];
        return HMACSHA256.HashData(key, message).AsSpan(0, MacLength);
    }
}
