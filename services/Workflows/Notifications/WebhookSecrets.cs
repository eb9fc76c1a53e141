using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.Workflows.Notifications;

/// <summary>
/// The accounts' secrets, by which receivers of webhooks know that we sent them. The database has them sealed with the ring <c>Keys:Secrets</c>.
/// </summary>
internal sealed class WebhookSecrets(AccountDatabase database, AccountSecrets sealing, MemoryBudget memory)
{
    private readonly AccountCache<int, string> _secrets = new(memory, "webhook secrets", (_, secret) => 2 * secret.Length);

    /// <summary>Gets the account's secret; the first call makes it.</summary>
    public async Task<string> GetAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.webhook_secret (account_id, secret)
            VALUES (@accountId, @made)
            ON CONFLICT (account_id) DO UPDATE SET secret = workflows.webhook_secret.secret
            RETURNING secret
            """;
        if (_secrets.TryGet(accountId, out var known))
        {
            return known;
        }

        var made = sealing.Seal(accountId, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        await using var connection = await database.OpenAsync(accountId, ct);
        var stored = await connection.ExecuteScalarAsync<string>(new CommandDefinition(sql, new { accountId, made }, cancellationToken: ct));
        return _secrets.GetOrAdd(accountId, _ => sealing.Open(accountId, stored!));
    }

    /// <summary>Makes the value of the signature header.</summary>
    public static string Sign(string secret, long unixSeconds, byte[] body)
    {
        var time = unixSeconds.ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(time), (byte)'.', .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
