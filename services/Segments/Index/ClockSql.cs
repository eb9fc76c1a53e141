using Npgsql;
using NpgsqlTypes;

namespace TagSegments.Segments.Index;

/// <summary>The one statement that reads the clocks of accounts.</summary>
internal static class ClockSql
{
    /// <summary>Makes the command for some accounts; <see cref="Read"/> reads its rows.</summary>
    public static NpgsqlBatchCommand Command(int[] accountIds)
    {
        const string sql = """
            SELECT account_id, r.pos, r.nonce, r.floor, c.pos, c.nonce, n.pos, n.nonce, d.pos, d.nonce,
                   a.pos, a.nonce, a.floor, NULLIF(a.max_at, '-infinity'), NULLIF(a.events_from, '-infinity')
            FROM unnest($1) AS account_id
            LEFT JOIN crm.segment_clock r USING (account_id)
            LEFT JOIN crm.segment_catalog_clock c USING (account_id)
            LEFT JOIN campaigns.segment_name_clock n USING (account_id)
            LEFT JOIN segments.clock d USING (account_id)
            LEFT JOIN campaigns.segment_activity_clock a USING (account_id)
            """;
        return new NpgsqlBatchCommand(sql)
        {
            Parameters = { new() { Value = accountIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer } },
        };
    }

    /// <summary>Reads a row: the account and its clocks. A clock that never moved has no row and is at 0.</summary>
    public static (int AccountId, AccountClocks Clocks) Read(NpgsqlDataReader row) => (
        row.GetInt32(0),
        new AccountClocks(
            Position(row, 1),
            Long(row, 3),
            Position(row, 4),
            Position(row, 6),
            Position(row, 8),
            Position(row, 10),
            Long(row, 12),
            row.IsDBNull(13) ? null : row.GetDateTime(13),
            row.IsDBNull(14) ? null : row.GetDateTime(14)));

    private static ClockPosition Position(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? default : new ClockPosition(row.GetInt64(column), row.GetGuid(column + 1));

    private static long Long(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);
}
