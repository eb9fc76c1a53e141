using Crm.Tags.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>The naming policy of an account and the names that its tags have.</summary>
internal sealed class NamingStore(AccountDatabase database)
{
    /// <summary>Gets the account's naming policy.</summary>
    public async Task<NamingPolicy> PolicyAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT mode, title_case, allowed_prefixes, forbidden_characters
            FROM tags.naming_policy
            WHERE account_id = @accountId
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var row = await connection.QuerySingleOrDefaultAsync<PolicyRow>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return row?.ToProto() ?? new NamingPolicy { Mode = NamingPolicy.Types.Mode.Off };
    }

    /// <summary>Sets the account's naming policy.</summary>
    public static Task<int> SetPolicyAsync(NpgsqlTransaction transaction, int accountId, NamingPolicy policy, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO tags.naming_policy (account_id, mode, title_case, allowed_prefixes, forbidden_characters)
            VALUES (@accountId, @mode, @TitleCase, @prefixes, @ForbiddenCharacters)
            ON CONFLICT (account_id) DO UPDATE SET mode = excluded.mode, title_case = excluded.title_case,
                allowed_prefixes = excluded.allowed_prefixes, forbidden_characters = excluded.forbidden_characters
            """;
        var values = new { accountId, mode = (short)policy.Mode, policy.TitleCase, prefixes = policy.AllowedPrefixes.ToArray(), policy.ForbiddenCharacters };
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: ct));
    }

    /// <summary>Reads the names of the library.</summary>
    public async Task<List<(int TagId, string Name)>> NamesAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT tag_id, name FROM tags.tag WHERE account_id = @accountId AND deleted_at IS NULL ORDER BY name COLLATE "C"
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<(int, string)>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct))).AsList();
    }

    /// <summary>Reads the tags whose names may be near-duplicates of one with a key of this length.</summary>
    public async Task<List<(int TagId, string Name, string? NearKey)>> CandidatesAsync(int accountId, int keyLength, CancellationToken ct)
    {
        const string sql = """
            SELECT tag_id, name, near_key
            FROM tags.tag
            WHERE account_id = @accountId AND deleted_at IS NULL
                AND (near_key IS NULL OR char_length(near_key) BETWEEN @keyLength - 1 AND @keyLength + 1)
            ORDER BY name COLLATE "C"
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<(int, string, string?)>(
            new CommandDefinition(sql, new { accountId, keyLength }, cancellationToken: ct))).AsList();
    }

    /// <summary>Checks whether at least <paramref name="many"/> tags have names of a shape, in which # stands for every number.</summary>
    public async Task<bool> HasManyOfShapeAsync(int accountId, string shape, int many, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*) = @many
            FROM (
                SELECT FROM tags.tag
                WHERE account_id = @accountId AND deleted_at IS NULL AND regexp_replace(name, '[0-9]+', '#', 'g') = @shape
                LIMIT @many) AS alike
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(sql, new { accountId, shape, many }, cancellationToken: ct));
    }

    private sealed record PolicyRow(short Mode, bool TitleCase, Array AllowedPrefixes, string ForbiddenCharacters)
    {
        public NamingPolicy ToProto() => new()
        {
            Mode = (NamingPolicy.Types.Mode)Mode,
            TitleCase = TitleCase,
            AllowedPrefixes = { AllowedPrefixes.Cast<string>() },
            ForbiddenCharacters = ForbiddenCharacters,
        };
    }
}
