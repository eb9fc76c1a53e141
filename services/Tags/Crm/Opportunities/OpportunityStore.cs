using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Reads opportunities and hands out their numbers.</summary>
internal sealed class OpportunityStore(AccountDatabase database)
{
    /// <summary>Finds an opportunity by its number or external id.</summary>
    public async Task<OpportunityRow?> FindAsync(int accountId, int? opportunityId, string? externalId, CancellationToken ct)
    {
        var sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @accountId AND {(opportunityId is null ? "external_id = @externalId" : "opportunity_id = @opportunityId")}
                AND deleted_at IS NULL
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<OpportunityRow>(
            new CommandDefinition(sql, new { accountId, opportunityId, externalId }, cancellationToken: ct));
    }

    /// <summary>Lists opportunities after <paramref name="after"/>, all of them or those of one contact.</summary>
    public async Task<Page<OpportunityRow>> ListAsync(int accountId, int contactId, int after, int size, CancellationToken ct)
    {
        var sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @accountId AND opportunity_id > @after AND deleted_at IS NULL {(contactId == 0 ? "" : "AND contact_id = @contactId")}
            ORDER BY opportunity_id
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QueryPageAsync(
            new CommandDefinition(sql, new { accountId, contactId, after, limit = size + 1 }, cancellationToken: ct),
            new Page<OpportunityRow>(size, row => row.Fields.Length));
    }

    /// <summary>Takes the number of a new opportunity; before the transaction, which must not wait for a second connection.</summary>
    public Task<int> TakeNumberAsync(int accountId, CancellationToken ct) => IdBlocks.TakeAsync(database, accountId, "opportunity", 1, ct);

    /// <summary>Lists the stages that an opportunity has been in, oldest first.</summary>
    public async Task<IEnumerable<StageChange>> HistoryAsync(int accountId, int opportunityId, CancellationToken ct)
    {
        const string sql = """
            SELECT stage_id, at
            FROM crm.stage_change
            WHERE account_id = @accountId AND opportunity_id = @opportunityId
            ORDER BY at
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(int StageId, DateTime At)>(
            new CommandDefinition(sql, new { accountId, opportunityId }, cancellationToken: ct));
        return rows.Select(row => new StageChange { StageId = row.StageId, Time = Timestamp.FromDateTime(row.At) });
    }
}
