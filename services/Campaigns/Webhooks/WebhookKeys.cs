using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>A key by which a provider is known, and the account whose messages it may report about; null for all accounts.</summary>
internal sealed record WebhookKey(string Value, int? AccountId);

/// <summary>Too many keys were looked up in the last second; the caller may try again.</summary>
internal sealed class TooManyLookupsException() : Exception("Too many keys were looked up.");

/// <summary>
/// The keys of providers: of the installation, <c>Webhooks:{provider}:Key</c>, and of accounts, sealed in the database. A provider without a key is
/// switched off. A process follows a changed key within half a minute.
/// </summary>
internal sealed class WebhookKeys(
    AccountDatabase database, WorkDatabase work, AccountSecrets secrets, IConfiguration configuration, MemoryBudget memory, TimeProvider time)
{
    private const int MostNameLength = 63;
    private const int KeyBytes = 1_000;

    // Anybody can call with any name. Those that have no key must not keep the database busy.
    private const int LookupsPerSecond = 100;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(30);
    private readonly AccountCache<(string Provider, string Account), Known> _known = new(memory, "campaigns.webhook_keys", (_, _) => KeyBytes);
    private readonly AccountRate _lookups = new(time);

    /// <summary>Refuses settings with keys that no call could be checked with.</summary>
    public static void Check(IConfiguration configuration)
    {
        foreach (var provider in WebhookProvider.All)
        {
            if (configuration[Setting(provider.Name)] is { Length: > 0 } key && provider.KeyProblem(key) is { } problem)
            {
                throw new InvalidOperationException($"{Setting(provider.Name)} {problem}.");
            }
        }
    }

    /// <summary>
    /// Finds the key of a provider; null if it is switched off. Throws <see cref="TooManyLookupsException"/> while too many unknown names are asked for.
    /// </summary>
    public async ValueTask<WebhookKey?> FindAsync(string provider, string? account, CancellationToken ct)
    {
        if (account is null)
        {
            return configuration[Setting(provider)] is { Length: > 0 } key ? new(key, null) : null;
        }

        if (account.Length > MostNameLength || account.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (_known.TryGet((provider, account), out var known) && time.GetUtcNow() - known.At < s_lifetime)
        {
            return known.Key;
        }

        if (_lookups.Take(0, LookupsPerSecond) > TimeSpan.Zero)
        {
            return known?.Key ?? throw new TooManyLookupsException();
        }

        // Names without a key are not remembered, or they would drive out what others use.
        if (await LoadAsync(provider, account, ct) is not { } loaded)
        {
            _known.TryTake((provider, account), out _);
            return null;
        }

        _known.Set((provider, account), new(loaded, time.GetUtcNow()));
        return loaded;
    }

    /// <summary>Stores the key of an account, instead of the one before.</summary>
    public Task<DateTime> SetAsync(NpgsqlTransaction tx, AccountInfo account, string provider, string key, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO campaigns.webhook_key (account_id, provider, account_name, secret)
            VALUES (@Id, @provider, @Name, @secret)
            ON CONFLICT (account_id, provider) DO UPDATE SET secret = @secret, created_at = now()
            RETURNING created_at
            """;
        var row = new { account.Id, provider, account.Name, secret = secrets.Seal(account.Id, key) };
        return tx.Connection!.ExecuteScalarAsync<DateTime>(new CommandDefinition(sql, row, tx, cancellationToken: ct));
    }

    /// <summary>Deletes the key of an account; false if there is none.</summary>
    public static async Task<bool> DeleteAsync(NpgsqlTransaction tx, int accountId, string provider, CancellationToken ct)
    {
        const string sql = "DELETE FROM campaigns.webhook_key WHERE account_id = @accountId AND provider = @provider";
        return await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId, provider }, tx, cancellationToken: ct)) == 1;
    }

    /// <summary>Lists the providers of which an account has keys, and since when.</summary>
    public async Task<List<(string Provider, DateTime CreatedAt)>> ListAsync(int accountId, CancellationToken ct)
    {
        const string sql = "SELECT provider, created_at FROM campaigns.webhook_key WHERE account_id = @accountId ORDER BY provider";
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<(string, DateTime)>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct))).AsList();
    }

    private async Task<WebhookKey?> LoadAsync(string provider, string account, CancellationToken ct)
    {
        const string sql = "SELECT account_id, secret FROM campaigns.webhook_key WHERE account_name = @account AND provider = @provider";
        await using var connection = await work.OpenAsync(ct);
        var (accountId, secret) = await connection.QuerySingleOrDefaultAsync<(int, string?)>(
            new CommandDefinition(sql, new { account, provider }, cancellationToken: ct));
        return secret is null ? null : new(secrets.Open(accountId, secret), accountId);
    }

    private static string Setting(string provider) => $"Webhooks:{provider}:Key";

    private sealed record Known(WebhookKey Key, DateTimeOffset At);
}
