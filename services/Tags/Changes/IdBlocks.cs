using Dapper;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>Hands out the numbers of contacts, tags, fields and the like: dense, ascending and never twice.</summary>
internal static class IdBlocks
{
    /// <summary>
    /// Takes <paramref name="count"/> numbers and returns the first. It is a transaction of its own, so that no other caller waits for it;
    /// numbers of a caller that fails stay unused.
    /// </summary>
    public static async Task<int> TakeAsync(AccountDatabase database, int accountId, string kind, int count, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO crm.id_block (account_id, kind, next_id)
            VALUES (@accountId, @kind, 1 + @count)
            ON CONFLICT (account_id, kind) DO UPDATE SET next_id = id_block.next_id + @count
            RETURNING next_id - @count
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<int>(new CommandDefinition(sql, new { accountId, kind, count }, cancellationToken: ct));
    }
}
