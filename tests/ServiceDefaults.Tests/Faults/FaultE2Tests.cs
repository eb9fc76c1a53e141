using Crm.Accounts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Faults;

/// <summary>Fault E2: a statement that takes too long is no reason to try again at once, and every kind of error of the database has its own status.</summary>
public sealed class FaultE2Tests
{
    private const string Sleep = "SELECT pg_sleep(30)";

    [Theory]
    [InlineData("57014", StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout)] // a limit of the server, or an administrator
    [InlineData("25P04", StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout)] // a transaction that lasts too long
    [InlineData("55P03", StatusCode.Aborted, ErrorReason.Conflict)] // a lock that does not become free
    [InlineData("40001", StatusCode.Aborted, ErrorReason.Conflict)] // serialization
    [InlineData("40P01", StatusCode.Aborted, ErrorReason.Conflict)] // deadlock
    [InlineData("40003", StatusCode.Aborted, ErrorReason.Conflict)]
    [InlineData("23505", StatusCode.Aborted, ErrorReason.Conflict)]
    [InlineData("23P01", StatusCode.Aborted, ErrorReason.Conflict)]
    [InlineData("25P03", StatusCode.Unavailable, ErrorReason.Unavailable)] // idle in a transaction
    [InlineData("57P01", StatusCode.Unavailable, ErrorReason.Unavailable)] // an administrator ended the session
    [InlineData("57P02", StatusCode.Unavailable, ErrorReason.Unavailable)]
    [InlineData("57P03", StatusCode.Unavailable, ErrorReason.Unavailable)]
    [InlineData("57P05", StatusCode.Unavailable, ErrorReason.Unavailable)]
    [InlineData("25006", StatusCode.Unavailable, ErrorReason.Unavailable)] // a standby
    [InlineData("08006", StatusCode.Unavailable, ErrorReason.Unavailable)]
    [InlineData("53300", StatusCode.ResourceExhausted, ErrorReason.Overloaded)] // too many connections
    [InlineData("53000", StatusCode.ResourceExhausted, ErrorReason.DatabaseExhausted)]
    [InlineData("53100", StatusCode.ResourceExhausted, ErrorReason.DatabaseExhausted)] // disk full
    [InlineData("53200", StatusCode.ResourceExhausted, ErrorReason.DatabaseExhausted)] // out of memory
    [InlineData("53400", StatusCode.ResourceExhausted, ErrorReason.DatabaseExhausted)] // temporary files
    [InlineData("22P05", StatusCode.InvalidArgument, ErrorReason.InvalidField)]
    [InlineData("42703", StatusCode.Internal, ErrorReason.Internal)] // a defect of ours
    [InlineData("23503", StatusCode.Internal, ErrorReason.Internal)]
    public async Task Every_kind_of_error_has_its_status_and_reason(string sqlState, StatusCode status, ErrorReason reason)
    {
        await using var host = await TestHost.StartAsync((_, _) => throw new PostgresException("secret", "ERROR", "ERROR", sqlState));

        var error = await FailureAsync(host);

        Assert.Equal((status, reason), (error.Status, error.Reason));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(status == StatusCode.Unavailable || reason == ErrorReason.Overloaded, error.RetryDelay is not null);
        Assert.Equal(reason == ErrorReason.DatabaseExhausted ? sqlState : null, error.Metadata.GetValueOrDefault("sqlstate"));
    }

    [Theory]
    [InlineData("", $"SET statement_timeout = 50; {Sleep}", StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout)]
    [InlineData("Command Timeout=1", Sleep, StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout)]
    [InlineData("", "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(30)", StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout)]
    [InlineData("", "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(30)", StatusCode.Unavailable, ErrorReason.Unavailable)]
    [InlineData("", "CREATE TEMP TABLE x (y text); INSERT INTO x VALUES (E'\\xc3')", StatusCode.InvalidArgument, ErrorReason.InvalidField)]
    public async Task What_the_server_itself_ends_has_its_status_and_reason(string settings, string sql, StatusCode status, ErrorReason reason)
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var source = new WorkDatabase(NpgsqlDataSource.Create($"{database.OwnerConnectionString};{settings}"));
        await using var host = await TestHost.StartAsync(async (_, context) =>
        {
            await using var connection = await source.OpenAsync(context.CancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: context.CancellationToken));
            return new GetAccountResponse();
        });

        var error = await FailureAsync(host);

        Assert.Equal((status, reason), (error.Status, error.Reason));
    }

    [Fact]
    public async Task A_lock_that_does_not_become_free_in_time_is_a_conflict()
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var source = new WorkDatabase(NpgsqlDataSource.Create(database.OwnerConnectionString));
        await using var holder = await source.OpenAsync();
        await using var tx = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_xact_lock(17)", transaction: tx);
        await using var host = await TestHost.StartAsync(async (_, _) =>
        {
            await using var connection = await source.OpenAsync();
            await connection.ExecuteAsync("SET lock_timeout = 50; SELECT pg_advisory_lock(17)");
            return new GetAccountResponse();
        });

        (await FailureAsync(host)).Is(StatusCode.Aborted, ErrorReason.Conflict);
    }

    [Fact]
    public async Task A_session_that_was_idle_in_a_transaction_for_too_long_can_be_repeated()
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var source = new WorkDatabase(NpgsqlDataSource.Create(database.OwnerConnectionString));
        await using var host = await TestHost.StartAsync(async (_, _) =>
        {
            await using var connection = await source.OpenAsync();
            await using var tx = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = 1", transaction: tx);
            await using var other = await source.OpenAsync();
            var pid = connection.ProcessID;
            await Eventually.ReadAsync(
                () => other.ExecuteScalarAsync<int>("SELECT count(*)::int FROM pg_stat_activity WHERE pid = @pid", new { pid }), left => left == 0);
            await connection.ExecuteAsync("SELECT 1", transaction: tx);
            return new GetAccountResponse();
        });

        (await FailureAsync(host)).Is(StatusCode.Unavailable, ErrorReason.Unavailable);
    }

    [Fact]
    public async Task A_pool_without_a_free_connection_is_overload_and_no_statement_that_took_long()
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var source = new WorkDatabase(NpgsqlDataSource.Create($"{database.OwnerConnectionString};Maximum Pool Size=1;Timeout=5"));
        await using var holder = await source.OpenAsync();
        await using var host = await TestHost.StartAsync(async (_, _) =>
        {
            await using var connection = await source.OpenAsync();
            return new GetAccountResponse();
        });

        var error = await FailureAsync(host);

        error.Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
        Assert.NotNull(error.RetryDelay);
    }

    [Theory]
    [InlineData("57014", 1)]
    [InlineData("53200", 1)]
    [InlineData("53300", 1)]
    [InlineData("40001", 1)]
    [InlineData("57P01", 5)]
    public async Task Services_repeat_only_what_the_database_did_not_begin(string sqlState, int attempts)
    {
        var calls = 0;
        await using var host = await TestHost.StartAsync((_, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new PostgresException("x", "ERROR", "ERROR", sqlState);
        });
        var builder = ServiceHost.CreateBuilder("probe", 0, [], new Dictionary<string, string?>
        {
            ["Services:Tags"] = host.Address.ToString(),
            ["Auth:Mode"] = "off",
        });
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags");
        await using var app = builder.Build();

        await Expect.FailureAsync(async () => await app.Services.GetRequiredService<AccountService.AccountServiceClient>().GetAccountAsync(new() { Account = "a" }));

        Assert.Equal(attempts, calls);
    }

    private static Task<Failure> FailureAsync(TestHost host) => Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);
}
