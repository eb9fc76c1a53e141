using Dapper;
using NodaTime;
using Npgsql;

namespace TagSegments.Testing.Histories.Writes;

/// <summary>
/// A transaction that changes tags of contacts by the rules of the data model and can be held open between its statements. A wrong variant
/// takes its position from the clock when it begins.
/// </summary>
internal sealed class OverlappingWrite : IAsyncDisposable
{
    private const string ClockSql = """
        INSERT INTO crm.clock AS c (account_id, pos, nonce) VALUES (@accountId, 1, gen_random_uuid())
        ON CONFLICT (account_id) DO UPDATE SET pos = GREATEST(c.pos + @step, @drawn), nonce = excluded.nonce
        RETURNING pos, nonce, clock_timestamp() AS at
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly int _accountId;
    private readonly long? _drawn;
    private readonly List<(int TagId, int ContactId, bool Added)> _changes = [];

    private OverlappingWrite(NpgsqlConnection connection, NpgsqlTransaction transaction, int accountId, long? drawn) =>
        (_connection, _transaction, _accountId, _drawn) = (connection, transaction, accountId, drawn);

    /// <summary>Begins; <paramref name="drawsAhead"/> is how far ahead of the clock the position is that a wrong writer takes now.</summary>
    public static Task<OverlappingWrite> BeginAsync(NpgsqlDataSource owner, int accountId, int? drawsAhead) => HistoryCalls.RepeatAsync(async () =>
    {
        const string sql = "SELECT pos FROM crm.clock WHERE account_id = @accountId";
        var connection = await owner.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        var pos = await connection.ExecuteScalarAsync<long>(sql, new { accountId }, transaction);
        return new OverlappingWrite(connection, transaction, accountId, pos + drawsAhead);
    });

    /// <summary>Adds a tag to a contact or removes it.</summary>
    public async Task SetAsync(int tagId, int contactId, bool add)
    {
        const string makeSql = """
            INSERT INTO tags.tag_chunk VALUES (@accountId, @tagId, @contactId / 16384, repeat('0', 16384)::bit(16384)) ON CONFLICT DO NOTHING
            """;
        const string setSql = """
            UPDATE tags.tag_chunk SET bits = set_bit(bits, @contactId % 16384, @bit)
            WHERE account_id = @accountId AND tag_id = @tagId AND chunk = @contactId / 16384 AND get_bit(bits, @contactId % 16384) <> @bit
            """;
        var values = new { accountId = _accountId, tagId, contactId, bit = add ? 1 : 0 };
        await _connection.ExecuteAsync(makeSql, values, _transaction);
        if (await _connection.ExecuteAsync(setSql, values, _transaction) > 0)
        {
            _changes.Add((tagId, contactId, add));
        }
    }

    /// <summary>Moves the clock, writes the log, commits, and tells what was changed and when.</summary>
    public async Task<IReadOnlyList<(int TagId, int ContactId, bool Added, Instant At)>> CommitAsync()
    {
        const string commitSql = "INSERT INTO crm.commit (account_id, pos, nonce, committed_at) VALUES (@accountId, @pos, @nonce, @at)";
        const string logSql = """
            INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk, cause_kind, at)
            VALUES (@accountId, @pos, @seq, @tagId, @op, @contactId, @contactId / 16384, 1, @at)
            """;
        if (_changes.Count == 0)
        {
            return [];
        }

        var (moved, nonce, at) = await _connection.QuerySingleAsync<(long, Guid, DateTime)>(
            ClockSql, new { accountId = _accountId, step = _drawn is null ? 1 : 0, drawn = _drawn ?? 0 }, _transaction);
        var pos = _drawn ?? moved;
        await _connection.ExecuteAsync(commitSql, new { accountId = _accountId, pos, nonce, at }, _transaction);
        await _connection.ExecuteAsync(
            logSql,
            _changes.Select((change, seq) => new { accountId = _accountId, pos, seq, change.TagId, op = change.Added ? 1 : 2, change.ContactId, at }),
            _transaction);
        await _transaction.CommitAsync();
        return [.. _changes.Select(change => (change.TagId, change.ContactId, change.Added, Instant.FromDateTimeUtc(at)))];
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
