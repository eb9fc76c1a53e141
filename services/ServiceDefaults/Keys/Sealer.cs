using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>
/// Seals short texts for one purpose, so that who holds one can neither read nor change nor make one: <c>ID.TEXT</c>, with the id of the key.
/// The first key of a ring seals, all of them open. A purpose has keys of its own, derived from those of the ring, so what was sealed for one
/// purpose is worthless for another. The same text always gives the same seal.
/// </summary>
public sealed class Sealer(KeyRing ring, string purpose)
{
    private const int MaxLength = 8_000;
    private readonly Dictionary<int, PurposeKey> _keys = ring.Keys.ToDictionary(key => key.Id, key => new PurposeKey(key.Key, purpose));

    /// <summary>How everything begins that the current key has sealed.</summary>
    public string Mark { get; } = string.Create(CultureInfo.InvariantCulture, $"{ring.Current.Id}.");

    /// <summary>Seals a text; only with the same binding it can be opened.</summary>
    public string Seal(ReadOnlySpan<byte> text, ReadOnlySpan<byte> binding = default) =>
        $"{Mark}{Base64Url.EncodeToString(_keys[ring.Current.Id].Encrypt(text, binding))}";

    /// <summary>Opens a seal; null if it is damaged, forged, made for another purpose or binding, or with a key that is not in the ring.</summary>
    public byte[]? Open(string seal, ReadOnlySpan<byte> binding = default)
    {
        var dot = seal.IndexOf('.', StringComparison.Ordinal);
        return seal.Length <= MaxLength && KeyOf(seal.AsSpan(0, Math.Max(dot, 0))) is { } key && Base64Url.IsValid(seal.AsSpan(dot + 1))
            ? key.Decrypt(Base64Url.DecodeFromChars(seal.AsSpan(dot + 1)), binding)
            : null;
    }

    // Earlier versions named no key.
    private PurposeKey? KeyOf(ReadOnlySpan<char> id) =>
        id.IsEmpty ? ring.Earlier is { } earlier ? _keys[earlier.Id] : null
        : int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _keys.GetValueOrDefault(number)
        : null;
}
