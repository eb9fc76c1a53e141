using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Fault 7: a process that stands still within a transaction keeps what it has locked from others for half a minute at most.</summary>
public sealed class StandstillTests
{
    [Fact]
    public async Task Fault7_the_database_ends_sessions_that_stand_still_within_a_transaction()
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var pool = HostExtensions.PostgresOf(
            new ConfigurationBuilder().AddInMemoryCollection([new("Postgres:ConnectionString", database.RoleConnectionString("tags"))]).Build(),
            "SET enable_mergejoin = off").Build();
        await using var connection = await pool.OpenConnectionAsync();

        Assert.Equal("30s", await connection.ExecuteScalarAsync<string>("SHOW idle_in_transaction_session_timeout"));
        Assert.Equal("off", await connection.ExecuteScalarAsync<string>("SHOW enable_mergejoin"));

        // The same in less time: the locks of one that stands still are free again, and its late commit fails.
        await using var standing = await pool.OpenConnectionAsync();
        await standing.ExecuteAsync("SET idle_in_transaction_session_timeout = '100ms'");
        await using var tx = await standing.BeginTransactionAsync();
        await standing.ExecuteAsync("SELECT pg_advisory_xact_lock(7)");
        await connection.ExecuteAsync("SELECT pg_advisory_lock(7)", commandTimeout: 0);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => tx.CommitAsync());
    }
}
