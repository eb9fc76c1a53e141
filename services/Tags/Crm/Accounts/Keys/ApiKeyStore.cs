using Crm.Accounts.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Auth.Keys;

namespace TagSegments.Tags.Crm.Accounts.Keys;

/// <summary>What a key is to be.</summary>
internal sealed record NewApiKey(string Name, Permissions Permissions, string Creator, DateTimeOffset? ExpiresAt);

/// <summary>The API keys in the database.</summary>
internal sealed class ApiKeyStore(AccountDatabase database, TimeProvider time)
{
    private const string Columns = "key_id, name, permissions, created_by, created_at, expires_at, last_used_at, revoked_at";
    private const int MadePerKey = 10;
    private static readonly TimeSpan s_keptAfterRevocation = TimeSpan.FromDays(90);
    private static readonly TimeSpan s_useStep = TimeSpan.FromMinutes(1);

    /// <summary>What time it is.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Makes a key and its text, or throws RESOURCE_EXHAUSTED or ALREADY_EXISTS.</summary>
    public async Task<(ApiKey Key, string Text)> CreateAsync(NpgsqlTransaction transaction, AccountInfo account, NewApiKey key, CancellationToken ct)
    {
        const string sql = $"""
            INSERT INTO crm.api_key (account_id, key_id, name, hash, permissions, created_by, created_at, expires_at)
            VALUES (@accountId, @keyId, @Name, @hash, @permissions, @Creator, @now, @ExpiresAt)
            ON CONFLICT (account_id, name) WHERE revoked_at IS NULL DO NOTHING
            RETURNING {Columns}
            """;
        var text = ApiKeyText.Create(account.Name, await NextIdAsync(transaction, account, ct));
        var values = new
        {
            accountId = account.Id,
            keyId = text.KeyId,
            key.Name,
            hash = text.Hash,
            permissions = key.Permissions.ToString(),
            key.Creator,
            now = Now,
            key.ExpiresAt,
        };
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, values, transaction, cancellationToken: ct))
            ?? throw RpcErrors.AlreadyExists("api key", key.Name);
        return (row.ToProto(), text.Text);
    }

    /// <summary>Lists keys before <paramref name="before"/>, the newest first.</summary>
    public async Task<List<ApiKey>> ListAsync(int accountId, int before, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM crm.api_key
            WHERE account_id = @accountId AND key_id < @before
            ORDER BY key_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { accountId, before, limit }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToProto())];
    }

    /// <summary>Lists what services need to check the keys that were not revoked.</summary>
    public async Task<List<ApiKeyHash>> ListHashesAsync(int accountId, CancellationToken ct)
    {
        const string sql = "SELECT key_id, name, hash, permissions, expires_at, last_used_at FROM crm.segment_api_keys WHERE account_id = @accountId";
        await using var connection = await database.OpenAsync(accountId, ct);
        var keys = await connection.QueryAsync<KnownApiKey>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return [.. keys.Select(key => new ApiKeyHash
        {
            KeyId = key.KeyId,
            Name = key.Name,
            Hash = ByteString.CopyFrom(key.Hash),
            Scope = key.Permissions,
            ExpireTime = key.ExpiresAt?.ToTimestamp(),
            LastUseTime = key.LastUsedAt?.ToTimestamp(),
        })];
    }

    /// <summary>Revokes a key; null if there is none.</summary>
    public async Task<ApiKey?> RevokeAsync(NpgsqlTransaction transaction, int accountId, int keyId, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.api_key
            SET revoked_at = coalesce(revoked_at, @now)
            WHERE account_id = @accountId AND key_id = @keyId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { accountId, keyId, now = Now }, transaction, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>Notes when a key was used, unless it is noted for about the same minute. Nobody uses a key in the future.</summary>
    public async Task NoteUseAsync(int accountId, int keyId, DateTimeOffset at, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.api_key
            SET last_used_at = @at
            WHERE account_id = @accountId AND key_id = @keyId AND (last_used_at IS NULL OR last_used_at <= @at - @step)
            """;
        var used = at < Now ? at : Now;
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { accountId, keyId, at = used, step = s_useStep }, cancellationToken: ct));
    }

    private async Task<int> NextIdAsync(NpgsqlTransaction transaction, AccountInfo account, CancellationToken ct)
    {
        // The lock orders creations: each sees the keys of the former ones.
        const string tidy = """
            SELECT 1 FROM crm.account WHERE account_id = @accountId FOR NO KEY UPDATE;
            DELETE FROM crm.api_key WHERE account_id = @accountId AND revoked_at < @before;
            """;
        const string count = """
            SELECT coalesce(max(key_id), 0) + 1 AS next, count(*) AS made,
                count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)) AS living
            FROM crm.api_key
            WHERE account_id = @accountId
            """;
        var values = new { accountId = account.Id, now = Now, before = Now - s_keptAfterRevocation };
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(tidy, values, transaction, cancellationToken: ct));
        var (next, made, living) = await transaction.Connection!.QuerySingleAsync<(int Next, long Made, long Living)>(
            new CommandDefinition(count, values, transaction, cancellationToken: ct));
        var limit = account.Limits.ApiKeys;
        return living < limit && made < (long)MadePerKey * limit
            ? next
            : throw RpcErrors.QuotaExceeded(
                "api_keys", limit, $"An account may have {limit} API keys, and make {MadePerKey} times as many in 90 days.", TimeSpan.FromMinutes(1));
    }

    private sealed record Row(
        int KeyId, string Name, string Permissions, string CreatedBy, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? LastUsedAt, DateTime? RevokedAt)
    {
        public ApiKey ToProto() => new()
        {
            KeyId = KeyId,
            Name = Name,
            Permissions = { TagSegments.ServiceDefaults.Auth.Permissions.Read(Permissions).Each() },
            Creator = CreatedBy,
            CreateTime = CreatedAt.ToTimestamp(),
            ExpireTime = ExpiresAt?.ToTimestamp(),
            LastUseTime = LastUsedAt?.ToTimestamp(),
            RevokeTime = RevokedAt?.ToTimestamp(),
        };
    }
}
