using System.Collections.Concurrent;
using System.Text;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Seals short texts that callers keep and bring back: pages, consistency tokens, positions of feeds. The keys are the ring <c>Keys:Tokens</c>.</summary>
public sealed class SealedTokens(KeyRing ring)
{
    private readonly ConcurrentDictionary<string, Sealer> _sealers = new();
    private readonly SignedTokens? _earlier = ring.Earlier is { } key ? new(key.Key) : null;

    /// <summary>How every token of the current key begins.</summary>
    public string Mark => Of("").Mark;

    /// <summary>Creates a token for a purpose; it is not valid for another purpose or binding.</summary>
    public string Create(string purpose, ReadOnlySpan<byte> binding, string value) => Of(purpose).Seal(Encoding.UTF8.GetBytes(value), binding);

    /// <summary>Reads a token; null if it is damaged, forged or made for another purpose or binding.</summary>
    public string? Read(string purpose, ReadOnlySpan<byte> binding, string token) => token.Contains('.', StringComparison.Ordinal)
        ? Of(purpose).Open(token, binding) is { } text ? Encoding.UTF8.GetString(text) : null
        : _earlier?.Read(purpose, binding, token);

    private Sealer Of(string purpose) => _sealers.GetOrAdd(purpose, static (name, ring) => new Sealer(ring, $"token {name}"), ring);
}
