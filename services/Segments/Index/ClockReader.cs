using Npgsql;

namespace TagSegments.Segments.Index;

/// <summary>
/// Reads clocks for all evaluations of the process, one statement after the other on one connection. A call is answered by a statement
/// that was sent after the call arrived, so what it learns includes every write that was acknowledged before; all calls that arrive while
/// a statement is under way share the next one.
/// </summary>
internal class ClockReader(NpgsqlDataSource db) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Round? _next;
    private bool _running;
    private NpgsqlBatch? _statement;

    /// <summary>Reads the clocks of an account.</summary>
    public virtual Task<AccountClocks> ReadAsync(int accountId, CancellationToken ct)
    {
        Task<AccountClocks> answer;
        var start = false;
        lock (_gate)
        {
            answer = (_next ??= new Round()).Add(accountId);
            if (!_running)
            {
                _running = start = true;
            }
        }

        if (start)
        {
            _ = RunAsync();
        }

        return answer.WaitAsync(ct);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_statement is { } statement)
        {
            await CloseAsync(statement);
        }
    }

    private async Task RunAsync()
    {
        while (TakeRound() is { } round)
        {
            try
            {
                round.Complete(await QueryAsync(round.AccountIds));
            }
            catch (Exception e)
            {
                // Whatever went wrong is the answer of every call of the round; the next round tries again.
                round.Fail(e);
            }
        }
    }

    private Round? TakeRound()
    {
        lock (_gate)
        {
            var round = _next;
            _next = null;
            _running = round is not null;
            return round;
        }
    }

    /// <summary>Reads the clocks of some accounts.</summary>
    // An idle connection may have been closed by the server meanwhile: only a fresh one's failure counts.
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

        var fresh = new NpgsqlBatch(await db.OpenConnectionAsync()) { BatchCommands = { ClockSql.Command(accountIds) } };
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

    /// <summary>The calls that one statement answers.</summary>
    private sealed class Round
    {
        private readonly Dictionary<int, TaskCompletionSource<AccountClocks>> _answers = [];

        public int[] AccountIds => [.. _answers.Keys];

        public Task<AccountClocks> Add(int accountId)
        {
            if (!_answers.TryGetValue(accountId, out var answer))
            {
                answer = new TaskCompletionSource<AccountClocks>(TaskCreationOptions.RunContinuationsAsynchronously);
                _answers[accountId] = answer;
            }

            return answer.Task;
        }

        public void Complete(Dictionary<int, AccountClocks> clocks)
        {
            foreach (var (accountId, answer) in _answers)
            {
                answer.SetResult(clocks[accountId]);
            }
        }

        public void Fail(Exception exception)
        {
            foreach (var answer in _answers.Values)
            {
                answer.SetException(exception);
            }
        }
    }
}
