using System.Data;
using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Real losers: PostgreSQL itself decides which of the transactions fails.</summary>
public sealed class TransactionRetryTests : IAsyncLifetime
{
    private TestDatabase _test = null!;
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _test = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _database = NpgsqlDataSource.Create(_test.OwnerConnectionString);
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync("CREATE TABLE counter (id int PRIMARY KEY, value int NOT NULL); INSERT INTO counter VALUES (1, 0), (2, 0)");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task Two_transactions_that_block_each_other_both_have_their_effect()
    {
        // Each holds its first row before either asks for its second.
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var attempts = 0;

        await Task.WhenAll(
            TransactionRetry.RunAsync(() => IncrementBothAsync(1, 2, first, second.Task), CancellationToken.None),
            TransactionRetry.RunAsync(() => IncrementBothAsync(2, 1, second, first.Task), CancellationToken.None));

        Assert.Equal([2, 2], await ValuesAsync());
        Assert.Equal(3, attempts);

        async Task<int> IncrementBothAsync(int id, int otherId, TaskCompletionSource holds, Task otherHolds)
        {
            Interlocked.Increment(ref attempts);
            await using var connection = await _database.OpenConnectionAsync();
            await using var tx = await connection.BeginTransactionAsync();
            await IncrementAsync(tx, id);
            holds.TrySetResult();
            await otherHolds;
            await IncrementAsync(tx, otherId);
            await tx.CommitAsync();
            return 0;
        }
    }

    [Fact]
    public async Task Transactions_that_read_what_another_one_changed_both_have_their_effect()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var attempts = 0;

        await Task.WhenAll(
            TransactionRetry.RunAsync(() => IncrementAsync(first, second.Task), CancellationToken.None),
            TransactionRetry.RunAsync(() => IncrementAsync(second, first.Task), CancellationToken.None));

        Assert.Equal([2, 0], await ValuesAsync());
        Assert.Equal(3, attempts);

        async Task<int> IncrementAsync(TaskCompletionSource hasRead, Task otherHasRead)
        {
            Interlocked.Increment(ref attempts);
            await using var connection = await _database.OpenConnectionAsync();
            await using var tx = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
            var value = await connection.ExecuteScalarAsync<int>("SELECT value FROM counter WHERE id = 1", transaction: tx);
            hasRead.TrySetResult();
            await otherHasRead;
            await connection.ExecuteAsync("UPDATE counter SET value = @value + 1 WHERE id = 1", new { value }, tx);
            await tx.CommitAsync();
            return value;
        }
    }

    [Fact]
    public async Task The_eighth_loss_is_the_callers()
    {
        var attempts = 0;

        var error = await Assert.ThrowsAsync<PostgresException>(() => TransactionRetry.RunAsync(LoseAsync, CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.DeadlockDetected, error.SqlState);
        Assert.Equal(8, attempts);

        Task<int> LoseAsync()
        {
            attempts++;
            return RaiseAsync(PostgresErrorCodes.DeadlockDetected);
        }
    }

    [Fact]
    public async Task Other_errors_are_not_repeated()
    {
        var attempts = 0;

        await Assert.ThrowsAsync<PostgresException>(() => TransactionRetry.RunAsync(FailAsync, CancellationToken.None));

        Assert.Equal(1, attempts);

        Task<int> FailAsync()
        {
            attempts++;
            return RaiseAsync(PostgresErrorCodes.UniqueViolation);
        }
    }

    private async Task<int> RaiseAsync(string state)
    {
        await using var connection = await _database.OpenConnectionAsync();
        return await connection.ExecuteAsync($"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$");
    }

    private static Task IncrementAsync(NpgsqlTransaction tx, int id) =>
        tx.Connection!.ExecuteAsync("UPDATE counter SET value = value + 1 WHERE id = @id", new { id }, tx);

    private async Task<IEnumerable<int>> ValuesAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        return await connection.QueryAsync<int>("SELECT value FROM counter ORDER BY id");
    }
}
