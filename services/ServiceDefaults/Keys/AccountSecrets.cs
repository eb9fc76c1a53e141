using System.Text;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>Seals secrets of accounts for a table, with the ring <c>Keys:Secrets</c>. A secret is bound to its account.</summary>
public sealed class AccountSecrets(KeyRing ring, string purpose)
{
    private readonly Sealer _sealer = new(ring, $"secret {purpose}");

    /// <summary>How everything begins that the current key has sealed.</summary>
    public string Mark => _sealer.Mark;

    /// <summary>Seals a secret of an account.</summary>
    public string Seal(int accountId, string secret) => _sealer.Seal(Encoding.UTF8.GetBytes(secret), BitConverter.GetBytes(accountId));

    /// <summary>Opens a secret. Earlier versions stored secrets as they are; those have no dot.</summary>
    public string Open(int accountId, string stored) =>
        !stored.Contains('.', StringComparison.Ordinal) ? stored
        : _sealer.Open(stored, BitConverter.GetBytes(accountId)) is { } secret ? Encoding.UTF8.GetString(secret)
        : throw new SecretSealedException(
            $"A secret of account {accountId} cannot be opened: it needs the key {stored.Split('.')[0]} of Keys:Secrets, or is damaged.");
}

/// <summary>A stored secret cannot be opened with the keys that the service has.</summary>
public sealed class SecretSealedException(string message) : Exception(message);
