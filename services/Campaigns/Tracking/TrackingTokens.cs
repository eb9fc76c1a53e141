using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Common.V1;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The purpose of a link in a message; a token of one purpose is worthless for another.</summary>
internal enum TokenPurpose
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,

    /// <summary>The Message-ID: a provider's reports about a message lead back to its recipient.</summary>
    Message = 4,
}

/// <summary>The recipient that a link belongs to, and for clicks where it leads.</summary>
internal sealed record TrackingTarget(int AccountId, Guid CampaignId, int ContactId, Channel Channel, string Url = "");

/// <summary>
/// Makes and reads the tokens in links of messages: encrypted, so that they reveal nothing about contacts, and authenticated, so that nobody
/// can make one, turn one into another, or send people to another address. The same link always gets the same token, so a message that is
/// tried again is the same message.
/// </summary>
internal sealed class TrackingTokens
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = 25;
    private readonly Dictionary<TokenPurpose, PurposeKeys> _keys;

    public TrackingTokens(IConfiguration configuration)
    {
        var key = configuration["Tokens:Key"] is { Length: > 0 } text ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : RandomNumberGenerator.GetBytes(32);
        _keys = Enum.GetValues<TokenPurpose>().ToDictionary(purpose => purpose, purpose => new PurposeKeys(key, purpose));
    }

    public string Create(TokenPurpose purpose, TrackingTarget target)
    {
        var keys = _keys[purpose];
        var plain = ToBytes(target);
        var token = new byte[NonceLength + plain.Length + TagLength];
        var nonce = token.AsSpan(0, NonceLength);
        keys.Nonce(plain, nonce);
        keys.Encrypt(nonce, plain, token.AsSpan(NonceLength, plain.Length), token.AsSpan(NonceLength + plain.Length));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token; null if it is damaged, forged or made for another purpose.</summary>
    public TrackingTarget? Read(TokenPurpose purpose, string token)
    {
        if (token.Length > 8_000 || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token).AsSpan();
        var length = bytes.Length - NonceLength - TagLength;
        if (length < HeadLength)
        {
            return null;
        }

        var plain = new byte[length];
        try
        {
            _keys[purpose].Decrypt(bytes[..NonceLength], bytes.Slice(NonceLength, length), bytes[^TagLength..], plain);
            return FromBytes(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] ToBytes(TrackingTarget target)
    {
        var bytes = new byte[HeadLength + Encoding.UTF8.GetByteCount(target.Url)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, target.AccountId);
        target.CampaignId.TryWriteBytes(bytes.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), target.ContactId);
        bytes[24] = (byte)target.Channel;
        Encoding.UTF8.GetBytes(target.Url, bytes.AsSpan(HeadLength));
        return bytes;
    }

    private static TrackingTarget FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        new Guid(bytes.Slice(4, 16)),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
        (Channel)bytes[24],
        Encoding.UTF8.GetString(bytes[HeadLength..]));

    /// <summary>The tools derived from the key for one purpose. Each serves one call at a time; making one costs more than using it.</summary>
    private sealed class PurposeKeys(byte[] key, TokenPurpose purpose)
    {
        private readonly byte[] _nonceKey = Derive(key, purpose, "nonce");
        private readonly byte[] _encryptionKey = Derive(key, purpose, "encryption");
        private readonly ConcurrentBag<AesGcm> _ciphers = [];
        private readonly ConcurrentBag<IncrementalHash> _hashes = [];

        public void Nonce(ReadOnlySpan<byte> plain, Span<byte> nonce)
        {
            var hash = _hashes.TryTake(out var kept) ? kept : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _nonceKey);
            Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
            hash.AppendData(plain);
            hash.GetHashAndReset(whole);
            whole[..NonceLength].CopyTo(nonce);
            _hashes.Add(hash);
        }

        public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> encrypted, Span<byte> tag)
        {
            var cipher = Take();
            cipher.Encrypt(nonce, plain, encrypted, tag);
            _ciphers.Add(cipher);
        }

        public void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> tag, Span<byte> plain)
        {
            var cipher = Take();
            cipher.Decrypt(nonce, encrypted, tag, plain);
            _ciphers.Add(cipher);
        }

        private AesGcm Take() => _ciphers.TryTake(out var cipher) ? cipher : new AesGcm(_encryptionKey, TagLength);

        private static byte[] Derive(byte[] key, TokenPurpose purpose, string use) =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes($"tagsegments tracking {purpose} {use}"));
    }
}
