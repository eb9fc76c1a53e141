using Dapper;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>The contacts that were erased, in a table of the service: its writers look there before they write about a contact.</summary>
public sealed class ErasedContacts(AccountDatabase database, string table)
{
    /// <summary>
    /// Marks a contact. False while a transaction is under way that began before: it may not have seen the mark and still write about the contact.
    /// </summary>
    public async Task<bool> MarkAsync(int accountId, int contactId, CancellationToken ct)
    {
        var markSql = $"""
            INSERT INTO {table} (account_id, contact_id)
            VALUES (@accountId, @contactId)
            ON CONFLICT DO NOTHING
            """;
        var endedSql = $"""
            SELECT asked_by < pg_snapshot_xmin(pg_current_snapshot())
            FROM {table}
            WHERE account_id = @accountId AND contact_id = @contactId
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(markSql, new { accountId, contactId }, cancellationToken: ct));
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(endedSql, new { accountId, contactId }, cancellationToken: ct));
    }
}
