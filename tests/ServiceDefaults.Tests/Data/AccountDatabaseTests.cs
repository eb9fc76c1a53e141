using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Finding 8: a connection is of the account that it was opened for, whoever had it before and however that ended.</summary>
public sealed class AccountDatabaseTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private AccountDatabase _accounts = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _accounts = Open(_database);
    }

    public async Task DisposeAsync()
    {
        await _accounts.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Finding_8_callers_that_share_connections_each_have_their_account()
    {
        var seen = await Task.WhenAll(Enumerable.Range(0, 500).Select(async n =>
        {
            var accountId = n % 7;
            await using var connection = await _accounts.OpenAsync(accountId);
            await Task.Yield();
            return (accountId, await AccountOfAsync(connection));
        }));

        Assert.All(seen, pair => Assert.Equal($"{pair.accountId}", pair.Item2));
    }

    [Fact]
    public async Task Finding_8_a_rolled_back_transaction_does_not_bring_an_earlier_account_back()
    {
        await UseAllAsync(1);
        await UseAllAsync(2, async connection =>
        {
            await using var tx = await connection.BeginTransactionAsync();
            await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("SELECT 1 / 0"));
        });

        await UseAllAsync(2, async connection => Assert.Equal("2", await AccountOfAsync(connection)));
    }

    [Fact]
    public async Task Finding_8_an_interrupted_opening_leaves_no_account_behind()
    {
        await UseAllAsync(1);
        for (var i = 0; i < 50; i++)
        {
            using var stop = new CancellationTokenSource();
            var opening = _accounts.OpenAsync(2, stop.Token).AsTask();
            await stop.CancelAsync();
            try
            {
                await (await opening).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // As it should be; sometimes it is opened before.
            }

            await UseAllAsync(1, async connection => Assert.Equal("1", await AccountOfAsync(connection)));
        }
    }

    [Fact]
    public async Task Finding_8_a_connection_that_the_server_has_ended_is_replaced_by_one_of_the_account()
    {
        await UseAllAsync(1);
        await using (var owner = new NpgsqlConnection(_database.OwnerConnectionString))
        {
            await owner.ExecuteAsync("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tagsegments_tags'");
        }

        await Eventually.ReadAsync(
            async () =>
            {
                try
                {
                    await using var connection = await _accounts.OpenAsync(1);
                    return await AccountOfAsync(connection);
                }
                catch (NpgsqlException)
                {
                    return null;
                }
            },
            account => account == "1");
    }

    [Fact]
    public async Task Finding_8_a_pool_that_resets_sessions_is_refused()
    {
        await using var source = NpgsqlDataSource.Create(_database.RoleConnectionString("tags"));

        Assert.Throws<ArgumentException>(() => new AccountDatabase(source));
    }

    private static AccountDatabase Open(TestDatabase database)
    {
        var pool = new NpgsqlConnectionStringBuilder(database.RoleConnectionString("tags")) { MaxPoolSize = 2, NoResetOnClose = true };
        return new AccountDatabase(NpgsqlDataSource.Create(pool.ConnectionString));
    }

    private async Task UseAllAsync(int accountId, Func<NpgsqlConnection, Task>? use = null)
    {
        await using var first = await _accounts.OpenAsync(accountId);
        await using var second = await _accounts.OpenAsync(accountId);
        await (use?.Invoke(first) ?? Task.CompletedTask);
        await (use?.Invoke(second) ?? Task.CompletedTask);
    }

    private static Task<string?> AccountOfAsync(NpgsqlConnection connection) =>
        connection.ExecuteScalarAsync<string?>("SELECT current_setting('tagsegments.account', true)");
}
