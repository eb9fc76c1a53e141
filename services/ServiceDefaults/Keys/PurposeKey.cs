using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>
/// What is derived from a key for one purpose: AES-GCM, with a nonce that is a MAC of the text. So texts that differ share a nonce by chance only,
/// as with random ones: once in 2^33 installations after 2^32 texts. The tools serve one call at a time; making one costs more than using it.
/// </summary>
internal sealed class PurposeKey(byte[] key, string purpose)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] _nonceKey = Derive(key, purpose, "nonce");
    private readonly byte[] _encryptionKey = Derive(key, purpose, "encryption");
    private readonly ConcurrentBag<AesGcm> _ciphers = [];
    private readonly ConcurrentBag<IncrementalHash> _hashes = [];

    /// <summary>Encrypts a text: nonce, encrypted text, tag.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> binding)
    {
        var bytes = new byte[NonceLength + plain.Length + TagLength];
        var nonce = bytes.AsSpan(0, NonceLength);
        Nonce(plain, binding, nonce);
        var cipher = Take();
        cipher.Encrypt(nonce, plain, bytes.AsSpan(NonceLength, plain.Length), bytes.AsSpan(NonceLength + plain.Length), binding);
        _ciphers.Add(cipher);
        return bytes;
    }

    /// <summary>Decrypts a text; null if it was not encrypted with this key and binding.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> binding)
    {
        var length = bytes.Length - NonceLength - TagLength;
        if (length < 0)
        {
            return null;
        }

        var plain = new byte[length];
        var cipher = Take();
        try
        {
            cipher.Decrypt(bytes[..NonceLength], bytes.Slice(NonceLength, length), bytes[^TagLength..], plain, binding);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            _ciphers.Add(cipher);
        }
    }

    private void Nonce(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> binding, Span<byte> nonce)
    {
        var hash = _hashes.TryTake(out var kept) ? kept : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _nonceKey);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.AppendData(plain);
        hash.AppendData(binding);
        hash.AppendData(BitConverter.GetBytes(binding.Length));
        hash.GetHashAndReset(whole);
        whole[..NonceLength].CopyTo(nonce);
        _hashes.Add(hash);
    }

    private AesGcm Take() => _ciphers.TryTake(out var cipher) ? cipher : new AesGcm(_encryptionKey, TagLength);

    private static byte[] Derive(byte[] key, string purpose, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes($"tagsegments {purpose} {use}"));
}
