namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>What a service has to know of an API key that was not revoked.</summary>
/// <param name="KeyId">The number of the key in its account.</param>
/// <param name="Name">The name of the key.</param>
/// <param name="Hash">The SHA-256 of its text.</param>
/// <param name="Permissions">What it may do, as names between spaces.</param>
/// <param name="ExpiresAt">When it ends; null for a key without an end.</param>
/// <param name="LastUsedAt">When it was last used, as far as it was written down.</param>
public sealed record KnownApiKey(int KeyId, string Name, byte[] Hash, string Permissions, DateTime? ExpiresAt, DateTime? LastUsedAt)
{
    private int _isNoted;

    /// <summary>Checks whether a use now has to be written down. It is so once for what was read, and once a minute at most.</summary>
    public bool HasToBeNoted(DateTimeOffset now) =>
        (LastUsedAt is not { } last || now - last >= TimeSpan.FromMinutes(1)) && Interlocked.Exchange(ref _isNoted, 1) == 0;
}
