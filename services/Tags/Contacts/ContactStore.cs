using Dapper;
using Npgsql;

namespace TagSegments.Tags.Contacts;

/// <summary>Reads contacts.</summary>
internal sealed class ContactStore(NpgsqlDataSource database)
{
    /// <summary>Finds a contact by its number, deleted or not.</summary>
    public async Task<ContactRow?> FindAsync(int accountId, int contactId, CancellationToken ct)
    {
        const string sql = $"SELECT {ContactRow.Columns} FROM crm.contact WHERE account_id = @accountId AND contact_id = @contactId";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<ContactRow>(
            new CommandDefinition(sql, new { accountId, contactId }, cancellationToken: ct));
    }

    /// <summary>Finds the contact that has the external id, or else the last deleted one that had it.</summary>
    public async Task<ContactRow?> FindAsync(int accountId, string externalId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM crm.contact
            WHERE account_id = @accountId AND external_id = @externalId
            ORDER BY deleted_at DESC NULLS FIRST
            LIMIT 1
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<ContactRow>(
            new CommandDefinition(sql, new { accountId, externalId }, cancellationToken: ct));
    }

    /// <summary>Gets contacts by number, in order of their numbers.</summary>
    public async Task<IEnumerable<ContactRow>> GetAsync(int accountId, int[] contactIds, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM crm.contact
            WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
            ORDER BY contact_id
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryAsync<ContactRow>(new CommandDefinition(sql, new { accountId, contactIds }, cancellationToken: ct));
    }

    /// <summary>Lists contacts behind <paramref name="after"/>; an empty search finds all.</summary>
    public async Task<List<ContactRow>> ListAsync(
        int accountId, string search, bool showDeleted, int after, int limit, CancellationToken ct)
    {
        // The ICU collation folds the case of every script; the database's own may be "C".
        const string matches = """
            (external_id COLLATE "und-x-icu" ILIKE @pattern OR email COLLATE "und-x-icu" ILIKE @pattern
                OR phone COLLATE "und-x-icu" ILIKE @pattern OR concat_ws(' ', first_name, last_name) COLLATE "und-x-icu" ILIKE @pattern)
            """;
        var sql = $"""
            SELECT {ContactRow.Columns}
            FROM crm.contact
            WHERE account_id = @accountId AND contact_id > @after
                {(showDeleted ? "" : "AND deleted_at IS NULL")}
                {(search.Length == 0 ? "" : $"AND {matches}")}
            ORDER BY contact_id
            LIMIT @limit
            """;
        var values = new { accountId, after, limit, pattern = $"%{Escape(search)}%" };
        await using var connection = await database.OpenConnectionAsync(ct);
        return [.. await connection.QueryAsync<ContactRow>(new CommandDefinition(sql, values, cancellationToken: ct))];
    }

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
}
