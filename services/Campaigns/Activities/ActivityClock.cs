using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>The activity clock of an account: the order of everything recorded, and what indexes compare themselves with.</summary>
internal static class ActivityClock
{
    /// <summary>Moves the clock on. It stays locked until the transaction ends, so positions are in the order of commits.</summary>
    public static Task<(long Pos, Guid Nonce)> AdvanceAsync(
        NpgsqlTransaction tx, int accountId, int[] contactIds, bool suppressions, DateTime? maxAt, CancellationToken ct) =>
        tx.Connection!.QuerySingleAsync<(long, Guid)>(new CommandDefinition(
            """
            WITH moved AS (
                INSERT INTO campaigns.activity_clock AS c (account_id, pos, nonce, max_at)
                VALUES (@accountId, 1, gen_random_uuid(), COALESCE(@maxAt::timestamptz, '-infinity'))
                ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = EXCLUDED.nonce, max_at = GREATEST(c.max_at, EXCLUDED.max_at)
                RETURNING pos, nonce
            )
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids, suppressions)
            SELECT @accountId, pos, nonce, @contactIds, @suppressions FROM moved
            RETURNING pos, nonce
            """,
            new { accountId, contactIds, suppressions, maxAt },
            tx,
            cancellationToken: ct));

    /// <summary>Reads where the clock stands; position 0 if nothing was ever recorded.</summary>
    public static async Task<Recorded> ReadAsync(NpgsqlTransaction tx, int accountId, CancellationToken ct)
    {
        var (pos, nonce) = await tx.Connection!.QuerySingleOrDefaultAsync<(long, Guid)>(new CommandDefinition(
            "SELECT pos, nonce FROM campaigns.activity_clock WHERE account_id = @accountId", new { accountId }, tx, cancellationToken: ct));
        return new Recorded(0, pos, nonce);
    }
}
