using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Reads contacts and hands out their numbers.</summary>
internal sealed class ContactStore(AccountDatabase database)
{
    private const int MaxBatchLength = 16_000_000;

    /// <summary>Finds the merged ones of some contacts, and what they are now.</summary>
    // One by one: while there are no statistics of the account, a condition on its number alone looks as good as the whole key. LIMIT 1 keeps it so, and says
    // that a key has one row: the server makes room for as many as it expects before it reads the first.
    internal const string MergedSql = """
        WITH RECURSIVE hop AS (
            SELECT c.contact_id, c.merged_into
            FROM unnest(@contactIds) AS asked (id)
            CROSS JOIN LATERAL (SELECT contact_id, merged_into FROM crm.contact WHERE account_id = @accountId AND contact_id = asked.id LIMIT 1) AS c
            WHERE c.merged_into IS NOT NULL
            UNION
            SELECT h.contact_id, c.merged_into
            FROM hop h
            CROSS JOIN LATERAL (SELECT merged_into FROM crm.contact WHERE account_id = @accountId AND contact_id = h.merged_into LIMIT 1) AS c
            WHERE c.merged_into IS NOT NULL)
        SELECT h.contact_id, h.merged_into AS merged_into_id
        FROM hop h
        CROSS JOIN LATERAL (SELECT merged_into FROM crm.contact WHERE account_id = @accountId AND contact_id = h.merged_into LIMIT 1) AS c
        WHERE c.merged_into IS NULL
        ORDER BY h.contact_id
        """;

    /// <summary>Finds a contact by its number, deleted or not.</summary>
    public async Task<ContactRow?> FindAsync(int accountId, int contactId, CancellationToken ct)
    {
        const string sql = $"SELECT {ContactRow.Columns} FROM crm.contact WHERE account_id = @accountId AND contact_id = @contactId";
        await using var connection = await database.OpenAsync(accountId, ct);
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
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<ContactRow>(
            new CommandDefinition(sql, new { accountId, externalId }, cancellationToken: ct));
    }

    /// <summary>Finds the contact with the lowest number that has an e-mail address and is not deleted.</summary>
    public async Task<ContactRow?> FindByEmailAsync(int accountId, string email, CancellationToken ct)
    {
        // OFFSET 0 keeps the order of numbers from being the way to search.
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM (SELECT * FROM crm.contact WHERE account_id = @accountId AND email_key = @key AND deleted_at IS NULL OFFSET 0) AS c
            ORDER BY contact_id
            LIMIT 1
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<ContactRow>(
            new CommandDefinition(sql, new { accountId, key = EmailAddress.Key(email) }, cancellationToken: ct));
    }

    /// <summary>Finds those of some contacts that were merged, and the contacts that they are now, in order of numbers.</summary>
    public async Task<List<MergedContact>> MergedAsync(int accountId, int[] contactIds, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        var merged = await connection.QueryAsync<MergedContact>(new CommandDefinition(MergedSql, new { accountId, contactIds }, cancellationToken: ct));
        return merged.AsList();
    }

    /// <summary>Gets contacts by number, in order of their numbers. Throws RESOURCE_EXHAUSTED if they are more than any client reads in one message.</summary>
    public async Task<IReadOnlyList<ContactRow>> GetAsync(int accountId, int[] contactIds, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM (SELECT DISTINCT unnest(@contactIds) AS id) AS asked
            CROSS JOIN LATERAL (SELECT * FROM crm.contact WHERE account_id = @accountId AND contact_id = asked.id LIMIT 1) AS c
            ORDER BY contact_id
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var page = await connection.QueryPageAsync(
            new CommandDefinition(sql, new { accountId, contactIds }, cancellationToken: ct),
            new Page<ContactRow>(contactIds.Length, row => row.Fields.Length, MaxBatchLength));
        return page.HasMore
            ? throw RpcErrors.Create(
                StatusCode.ResourceExhausted, ErrorReason.MessageTooLarge, $"The contacts are longer than {MaxBatchLength} characters. Ask for fewer of them.")
            : page.Items;
    }

    /// <summary>Takes the number of a new contact; before the transaction, which must not wait for a second connection.</summary>
    public Task<int> TakeNumberAsync(int accountId, CancellationToken ct) => IdBlocks.TakeAsync(database, accountId, "contact", 1, ct);

    /// <summary>Lists the changes of a contact's consent, newest first.</summary>
    public Task<IEnumerable<ConsentChange>> ConsentsAsync(int accountId, ContactRow contact, CancellationToken ct) =>
        ConsentHistory.ReadAsync(database, accountId, contact, ct);
}
