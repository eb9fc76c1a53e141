using Dapper;
using Npgsql;

namespace TagSegments.Testing.Histories;

/// <summary>Copies what belongs to an account over another one: to set accounts up, to back them up and to put a backup back.</summary>
internal sealed class AccountCopies(NpgsqlDataSource owner)
{
    private static readonly string[] s_tables =
    [
        "crm.id_block", "crm.contact", "crm.contact_change", "crm.opportunity", "crm.opportunity_change", "crm.stage_change",
        "crm.field", "crm.pipeline", "crm.stage", "crm.clock", "crm.commit", "crm.catalog_clock", "crm.catalog_change",
        "tags.tag", "tags.tag_chunk", "tags.tag_change",
        "campaigns.activity", "campaigns.contact_activity", "campaigns.activity_clock", "campaigns.activity_commit",
        "campaigns.suppression", "campaigns.suppression_removal", "campaigns.suppression_change", "campaigns.campaign", "campaigns.name_clock",
        "segments.segment", "segments.segment_version", "segments.reference", "segments.clock",
    ];

    private string? _sql;

    /// <summary>Makes one account hold what another one holds, in one transaction.</summary>
    public async Task<bool> CopyAsync(int from, int to)
    {
        await using var connection = await owner.OpenConnectionAsync();
        _sql ??= await StatementsAsync(connection);
        await using var transaction = await connection.BeginTransactionAsync();
        // Without triggers: a copy stands where its original does.
        await connection.ExecuteAsync($"SET LOCAL session_replication_role = replica; {_sql}", new { from, to }, transaction);
        await transaction.CommitAsync();
        return true;
    }

    private static async Task<string> StatementsAsync(NpgsqlConnection connection)
    {
        const string sql = """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
            FROM pg_attribute
            WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'account_id'
            """;
        var statements = new List<string>();
        foreach (var table in s_tables)
        {
            var columns = await connection.ExecuteScalarAsync<string>(sql, new { table });
            statements.Add($"DELETE FROM {table} WHERE account_id = @to;");
            statements.Add($"""
                INSERT INTO {table} (account_id, {columns}) OVERRIDING SYSTEM VALUE
                SELECT @to, {columns} FROM {table} WHERE account_id = @from;
                """);
        }

        return string.Join('\n', statements);
    }
}
