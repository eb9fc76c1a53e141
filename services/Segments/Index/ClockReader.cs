using Npgsql;

namespace TagSegments.Segments.Index;

/// <summary>
/// Reads clocks for all evaluations of the process, one statement after another on one connection. A call is answered by a statement that was
/// sent after the call arrived, so the answer includes every write that was acknowledged before; all calls that arrive while a statement
/// is under way share the next one.
/// </summary>
internal class ClockReader : IAsyncDisposable
{
    private readonly WorkDatabase _db;
    private readonly Coalescer<Call, AccountClocks> _rounds;
    private NpgsqlBatch? _statement;

    public ClockReader(WorkDatabase db) => (_db, _rounds) = (db, new(AnswerAsync) { GathersCalls = true, Span = ("segments.clocks", 0) });

    /// <summary>Reads the clocks of an account.</summary>
    public virtual Task<AccountClocks> ReadAsync(int accountId, CancellationToken ct) => _rounds.RunAsync(new Call(accountId), ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_statement is { } statement)
        {
            await CloseAsync(statement);
        }
    }

    private async Task AnswerAsync(IReadOnlyList<Call> calls)
    {
        var clocks = await QueryAsync([.. calls.Select(call => call.AccountId).Distinct()]);
        foreach (var call in calls)
        {
            call.Complete(clocks[call.AccountId]);
        }
    }

    /// <summary>Reads the clocks of some accounts.</summary>
    // The server may have closed an idle connection meanwhile: only the failure of a fresh one counts.
    protected virtual async Task<Dictionary<int, AccountClocks>> QueryAsync(int[] accountIds)
    {
        if (_statement is { } kept)
        {
            try
            {
                return await QueryAsync(kept, accountIds);
            }
            catch (NpgsqlException)
            {
                _statement = null;
                await CloseAsync(kept);
            }
        }

        var fresh = new NpgsqlBatch(await _db.OpenAsync()) { BatchCommands = { ClockSql.Command(accountIds) } };
        try
        {
            await fresh.PrepareAsync();
            var clocks = await QueryAsync(fresh, accountIds);
            _statement = fresh;
            return clocks;
        }
        catch
        {
            await CloseAsync(fresh);
            throw;
        }
    }

    private static async Task CloseAsync(NpgsqlBatch statement)
    {
        var connection = statement.Connection!;
        await statement.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static async Task<Dictionary<int, AccountClocks>> QueryAsync(NpgsqlBatch statement, int[] accountIds)
    {
        statement.BatchCommands[0].Parameters[0].Value = accountIds;
        await using var reader = await statement.ExecuteReaderAsync();
        var clocks = new Dictionary<int, AccountClocks>(accountIds.Length);
        while (await reader.ReadAsync())
        {
            var (accountId, found) = ClockSql.Read(reader);
            clocks[accountId] = found;
        }

        return clocks;
    }

    private sealed class Call(int accountId) : PendingCall<AccountClocks>
    {
        public int AccountId { get; } = accountId;
    }
}
