using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>The activity clock of an account: the order of all recorded activity, which indexes compare their position with.</summary>
internal static class ActivityClock
{
    /// <summary>
    /// Two parts of a WITH, with the account, the contacts, whether suppressions changed, the latest time and whether workflows are not to react
    /// as $1 to $5: the clock moves on and the commit is noted. The new position and its nonce are in <c>moved</c>. The clock stays locked until the transaction ends, so positions
    /// are in the order of commits.
    /// </summary>
    public const string Move = """
        moved AS (
            INSERT INTO campaigns.activity_clock AS c (account_id, pos, nonce, max_at)
            VALUES ($1, 1, gen_random_uuid(), COALESCE($4::timestamptz, '-infinity'))
            ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = EXCLUDED.nonce, max_at = GREATEST(c.max_at, EXCLUDED.max_at)
            RETURNING pos, nonce),
        noted AS (
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids, suppressions, skip_workflows)
            SELECT $1, pos, nonce, $2::int[], $3, $5
            FROM moved)
        """;

    /// <summary>Reads the position of the clock; 0 if nothing was ever recorded.</summary>
    public static async Task<Recorded> ReadAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT pos, nonce FROM campaigns.activity_clock WHERE account_id = @accountId";
        var (pos, nonce) = await connection.QuerySingleOrDefaultAsync<(long, Guid)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return new Recorded(0, pos, nonce);
    }
}
