using System.Data;
using Dapper;
using Npgsql;

namespace TagSegments.Segments.Index;

/// <summary>One consistent state of the database, for as long as it is open: a read-only transaction and the positions of the clocks in it.</summary>
internal sealed class Snapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private Snapshot(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, Transaction) = (connection, transaction);

    /// <summary>The account that the snapshot was opened for.</summary>
    public int AccountId { get; private init; }

    /// <summary>The positions of the account's clocks.</summary>
    public AccountClocks Clocks { get; private set; } = null!;

    /// <summary>The transaction; its connection runs one statement at a time.</summary>
    public NpgsqlTransaction Transaction { get; }

    /// <summary>The connection of the transaction.</summary>
    public NpgsqlConnection Connection => _connection;

    /// <summary>Opens a snapshot. It includes every write that was acknowledged before this call.</summary>
    public static async Task<Snapshot> OpenAsync(AccountDatabase db, int accountId, CancellationToken ct)
    {
        var connection = await db.OpenAsync(accountId, ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            var snapshot = new Snapshot(connection, transaction) { AccountId = accountId };
            await snapshot.ReadClocksAsync(ct);
            return snapshot;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finds out which of some positions this database really passed through.</summary>
    public async Task<HashSet<ClockPosition>> KnownAsync(IEnumerable<ClockPosition> positions, CancellationToken ct)
    {
        const string sql = """
            SELECT pos, nonce
            FROM crm.segment_commits
            WHERE account_id = @AccountId AND pos = ANY(@positions)
            """;
        var rows = await QueryAsync<(long Pos, Guid Nonce)>(
            sql, new { AccountId, positions = positions.Select(position => position.Pos).Distinct().ToArray() }, ct);
        return [.. rows.Select(row => new ClockPosition(row.Pos, row.Nonce))];
    }

    /// <summary>
    /// The settings that make a connection plan a statement about few contacts once, for all its parameters: planning takes many times longer than
    /// running it, and the plan is always to look those contacts up by their indexes, even if the tables are still empty when it is made.
    /// </summary>
    public static IReadOnlyList<string> PlanOnce { get; } =
        ["SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL enable_seqscan = off"];

    /// <summary>The end of <see cref="PlanOnce"/>.</summary>
    public static IReadOnlyList<string> PlanAsUsual { get; } =
        ["SET LOCAL plan_cache_mode TO DEFAULT", "SET LOCAL enable_seqscan TO DEFAULT"];

    /// <summary>A statement between <see cref="PlanOnce"/> and <see cref="PlanAsUsual"/>.</summary>
    public static string PlannedOnce(string sql) => string.Join(";\n", [.. PlanOnce, sql, .. PlanAsUsual]);

    /// <summary>Makes statements run on one processor, so that others are free for other accounts.</summary>
    public Task UseOneProcessorAsync(CancellationToken ct) => _connection.ExecuteAsync(
        new CommandDefinition("SET LOCAL max_parallel_workers_per_gather = 0", transaction: Transaction, cancellationToken: ct));

    /// <summary>Runs a query in the snapshot.</summary>
    public Task<IEnumerable<T>> QueryAsync<T>(string sql, object parameters, CancellationToken ct) =>
        _connection.QueryAsync<T>(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct));

    /// <summary>Reads the rows of a page, as the last query of the snapshot.</summary>
    public Task<Page<T>> QueryPageAsync<T>(string sql, object parameters, Page<T> page, CancellationToken ct) =>
        _connection.QueryPageAsync(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct), page);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task ReadClocksAsync(CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(_connection, Transaction)
        {
            BatchCommands = { new NpgsqlBatchCommand("SET TRANSACTION READ ONLY"), ClockSql.Command([AccountId]) },
        };
        // The connection comes from a pool and keeps what it has prepared: planning takes longer than reading.
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        Clocks = ClockSql.Read(reader).Clocks;
    }
}
