using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>
/// Finds API keys, and remembers the keys of an account for some seconds: so long a revoked key works on. However often somebody guesses, an
/// account is looked up a few times a second; look-ups of accounts without a known key have a limit for all of them together.
/// </summary>
public sealed class ApiKeyDirectory(ApiKeySource source, MemoryBudget memory, TimeProvider time, ILogger<ApiKeyDirectory> logger)
{
    /// <summary>How long the keys of an account are remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    /// <summary>How long after a look-up the next one may follow because of a key that is not known.</summary>
    public static readonly TimeSpan GuessPause = TimeSpan.FromMilliseconds(250);

    private const int KeyBytes = 400;
    private const int StrangersPerSecond = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly AccountCache<string, KeysOfAccount> _accounts = new(memory, "api_keys", (_, keys) => keys.Bytes);
    private readonly AccountRate _strangers = new(time);
    private readonly Lock _gate = new();

    /// <summary>Finds the key of a text and notes its use; null if it does not exist or was revoked. Its end is the caller's to check.</summary>
    public async Task<KnownApiKey?> FindAsync(ApiKeyText text, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var keys = Of(text.Account, now - Lifetime);
        var key = await keys.FindAsync(text.KeyId, ct);
        if (key is null && keys.ReadAt < now)
        {
            // It may have been made since. A guess waits as well.
            var pause = keys.ReadAt + GuessPause - now;
            await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, time, ct);
            key = await Of(text.Account, keys.ReadAt).FindAsync(text.KeyId, ct);
        }

        return key is not null && CryptographicOperations.FixedTimeEquals(key.Hash, text.Hash) ? key : null;
    }

    /// <summary>Writes down that a key is used, without a delay for the call.</summary>
    public void NoteUse(string account, KnownApiKey key)
    {
        var now = time.GetUtcNow();
        if (key.HasToBeNoted(now))
        {
            _ = NoteUseAsync(account, key, now);
        }
    }

    /// <summary>Forgets the keys of an account, because they have changed.</summary>
    public void Forget(string account) => _accounts.TryTake(account, out _);

    // Read after an instant.
    private KeysOfAccount Of(string account, DateTimeOffset after)
    {
        if (_accounts.TryGet(account, out var known) && known.IsGood(after))
        {
            return known;
        }

        lock (_gate)
        {
            if (_accounts.TryGet(account, out known) && known.IsGood(after))
            {
                return known;
            }

            if (known is not { HasKeys: true } && _strangers.Take(0, StrangersPerSecond) is { Ticks: > 0 } wait)
            {
                throw RpcErrors.QuotaExceeded("api_key_lookups", StrangersPerSecond, "Too many unknown API keys are tried. Retry in a moment.", wait);
            }

            var read = new KeysOfAccount(time.GetUtcNow(), LoadAsync(account));
            _accounts.Set(account, read);
            return read;
        }
    }

    private async Task<IReadOnlyList<KnownApiKey>> LoadAsync(string account)
    {
        // Not within the lock, and for all calls that wait: none of them may cancel it.
        await Task.Yield();
        using var patience = new CancellationTokenSource(s_patience, time);
        return await source.ListAsync(account, patience.Token);
    }

    private async Task NoteUseAsync(string account, KnownApiKey key, DateTimeOffset now)
    {
        try
        {
            await source.NoteUseAsync(account, key.KeyId, now);
        }
        catch (Exception e)
        {
            // The next look-up of the keys leads to the next try.
            logger.KeyUseNotNoted(e, key.KeyId, account);
        }
    }

    private sealed record KeysOfAccount(DateTimeOffset ReadAt, Task<IReadOnlyList<KnownApiKey>> Keys)
    {
        public bool HasKeys => Keys is { IsCompletedSuccessfully: true, Result.Count: > 0 };

        public long Bytes => KeyBytes * (1L + (Keys.IsCompletedSuccessfully ? Keys.Result.Count : 0));

        public bool IsGood(DateTimeOffset after) => ReadAt > after && !Keys.IsFaulted && !Keys.IsCanceled;

        public async Task<KnownApiKey?> FindAsync(int keyId, CancellationToken ct) => (await Keys.WaitAsync(ct)).FirstOrDefault(key => key.KeyId == keyId);
    }
}
