using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Signs short texts, so that callers can keep but not forge them: page and consistency tokens.</summary>
public sealed class SignedToken
{
    private const int MacLength = 16;
    private static readonly byte[] s_nothing = SHA256.HashData(ReadOnlySpan<byte>.Empty);
    private readonly ConcurrentDictionary<string, byte[]> _purposes = new();
    private readonly byte[] _key;

    /// <summary>Reads the key from <c>Tokens:Key</c>; without one, the tokens of this process are valid in this process only.</summary>
    public SignedToken(IConfiguration configuration) =>
        _key = configuration["Tokens:Key"] is { Length: > 0 } key
            ? SHA256.HashData(Encoding.UTF8.GetBytes(key))
            : RandomNumberGenerator.GetBytes(32);

    /// <summary>Creates a token for a purpose; it is not valid for another purpose.</summary>
    public string Create(string purpose, ReadOnlySpan<byte> binding, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        return Base64Url.EncodeToString([.. Mac(purpose, binding, text), .. text]);
    }

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

    // The purposes are a few names in the code, and most tokens have no binding, so these hashes are computed once.
    private ReadOnlySpan<byte> Mac(string purpose, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> text)
    {
        var purposeHash = _purposes.GetOrAdd(purpose, static name => SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var bindingHash = binding.IsEmpty ? s_nothing : SHA256.HashData(binding);
        byte[] message = [.. purposeHash, .. bindingHash, .. text];
        return HMACSHA256.HashData(_key, message).AsSpan(0, MacLength);
    }
}
