using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Execution;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>Finding 18, workflows: what a process remembers of accounts stays within its budget of bytes.</summary>
public sealed class Finding18Tests : IAsyncLifetime
{
    private const int Accounts = 200;
    private static readonly Guid s_workflow = Guid.NewGuid();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _owner = null!;
    private ServiceDatabases _service = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _owner = NpgsqlDataSource.Create(_database.OwnerConnectionString);
        _service = _database.Of("workflows");
        await using var connection = await _owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO workflows.account (account_id, name) SELECT i, 'account ' || i FROM generate_series(1, @Accounts) AS i;
            INSERT INTO workflows.workflow_version (account_id, workflow_id, version, active_from, published_by, definition)
            SELECT account_id, @s_workflow, 1, '-infinity', 'me', jsonb_build_object('nodes', jsonb_build_array(jsonb_build_object('id', name, 'end', '{}'::jsonb)))
            FROM workflows.account
            """,
            new { Accounts, s_workflow });
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _owner.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Definitions_and_versions_of_all_accounts_stay_within_the_budget()
    {
        using var memory = new MemoryBudget(20_000, TimeSpan.FromMinutes(10), TimeProvider.System);
        var (store, versions) = (new ExecutionStore(_service.Accounts, memory, new FairQueue(8, 4, TimeProvider.System)), new ActiveVersions(memory));
        for (var account = 1; account <= Accounts; account++)
        {
            var definition = await store.DefinitionAsync(account, s_workflow, 1, CancellationToken.None);
            await using var connection = await _service.Accounts.OpenAsync(account);
            await using var tx = await connection.BeginTransactionAsync();
            var locked = await versions.LockAsync(tx, account, CancellationToken.None);

            Assert.Equal($"account {account}", definition.Nodes[0].Id);
            Assert.Equal(definition.Nodes[0].Id, locked.Versions.Single().Entrance.FirstNodeId);
            Assert.InRange(memory.Bytes, 1, memory.Limit);
        }

        Assert.Empty(versions.LastSeen(1));
        Assert.NotEmpty(versions.LastSeen(Accounts));
    }
}
