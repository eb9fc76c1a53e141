using System.Security.Cryptography;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Refuses another body with a signature that does not cover bodies. It reaches the last 50,000 to 100,000 signatures of this process, for as long as
/// a signature is valid: a replica knows nothing of what another one was sent. The same body may come again, as providers repeat calls; its
/// events are recorded once.
/// </summary>
internal sealed class ReplayGuard(TimeSpan validity, TimeProvider time)
{
    private const int Most = 50_000;
    private readonly Lock _lock = new();
    private Dictionary<string, byte[]> _young = [];
    private Dictionary<string, byte[]> _old = [];
    private DateTimeOffset _born = time.GetUtcNow();

    /// <summary>Whether a signature came with this body before, or comes for the first time.</summary>
    public bool Accepts(string signature, ReadOnlySpan<byte> body)
    {
        var hash = SHA256.HashData(body);
        lock (_lock)
        {
            // A generation is kept for twice the time that one is filled: nothing goes that is still valid, unless there are too many.
            if (_young.Count >= Most || time.GetUtcNow() - _born >= 2 * validity)
            {
                (_old, _young, _born) = (_young, [], time.GetUtcNow());
            }

            if (_young.TryGetValue(signature, out var known) || _old.TryGetValue(signature, out known))
            {
                return known.AsSpan().SequenceEqual(hash);
            }

            _young[signature] = hash;
            return true;
        }
    }
}
