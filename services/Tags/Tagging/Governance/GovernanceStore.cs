using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>What governance reads and keeps in the database.</summary>
internal sealed class GovernanceStore(NpgsqlDataSource database)
{
    /// <summary>Gets the account's naming policy.</summary>
    public async Task<NamingPolicy> PolicyAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT mode, title_case, allowed_prefixes, forbidden_characters
            FROM tags.naming_policy
            WHERE account_id = @accountId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
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
        await using var connection = await database.OpenConnectionAsync(ct);
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
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<(int, string, string?)>(
            new CommandDefinition(sql, new { accountId, keyLength }, cancellationToken: ct))).AsList();
    }

    /// <summary>Tells whether at least <paramref name="many"/> tags have names of a shape: with # for every number.</summary>
    public async Task<bool> HasManyOfShapeAsync(int accountId, string shape, int many, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*) = @many
            FROM (
                SELECT FROM tags.tag
                WHERE account_id = @accountId AND deleted_at IS NULL AND regexp_replace(name, '[0-9]+', '#', 'g') = @shape
                LIMIT @many) AS alike
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(sql, new { accountId, shape, many }, cancellationToken: ct));
    }

    /// <summary>Reads of every tag whether a living contact has it and when it last came or went; that is null if it never did.</summary>
    public async Task<Dictionary<int, (bool Used, DateTime? ChangedAt)>> UseAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT t.tag_id,
                EXISTS (SELECT FROM tags.tag_chunk c
                        JOIN tags.tag_chunk living ON living.account_id = c.account_id AND living.tag_id = 0 AND living.chunk = c.chunk
                        WHERE c.account_id = t.account_id AND c.tag_id = t.tag_id AND bit_count(c.bits & living.bits) > 0),
                (SELECT h.at FROM tags.tag_change h
                 WHERE h.account_id = t.account_id AND h.tag_id = t.tag_id
                 ORDER BY h.pos DESC
                 LIMIT 1)
            FROM tags.tag t
            WHERE t.account_id = @accountId AND t.deleted_at IS NULL
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<(int TagId, bool Used, DateTime? ChangedAt)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return rows.ToDictionary(row => row.TagId, row => (row.Used, row.ChangedAt));
    }

    /// <summary>Counts the living holders of a tag and those of them who do not have another one.</summary>
    public async Task<(int Holders, int Without)> CompareAsync(int accountId, int tagId, int otherId, CancellationToken ct)
    {
        const string sql = """
            SELECT coalesce(sum(bit_count(c.bits & living.bits)), 0)::int,
                coalesce(sum(bit_count(c.bits & living.bits & ~coalesce(other.bits, repeat('0', 16384)::bit(16384)))), 0)::int
            FROM tags.tag_chunk c
            JOIN tags.tag_chunk living ON living.account_id = c.account_id AND living.tag_id = 0 AND living.chunk = c.chunk
            LEFT JOIN tags.tag_chunk other ON other.account_id = c.account_id AND other.tag_id = @otherId AND other.chunk = c.chunk
            WHERE c.account_id = @accountId AND c.tag_id = @tagId
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<(int, int)>(new CommandDefinition(sql, new { accountId, tagId, otherId }, cancellationToken: ct));
    }

    /// <summary>Reads the whole library with counts, by name.</summary>
    public async Task<List<Tag>> LibraryAsync(int accountId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {TagRow.Columns}, {TagListSql.ContactCount} AS contact_count
            FROM tags.tag t
            WHERE t.account_id = @accountId AND t.deleted_at IS NULL
            ORDER BY t.name COLLATE "C"
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<TagRow, int, Tag>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct), (row, count) => row.ToProto(count), "contact_count")).AsList();
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
