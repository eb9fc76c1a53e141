using Dapper;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Tests.Enrolment;

/// <summary>
/// Statements about some contacts read their rows only, also while an account has no statistics yet: in a new installation, and beside accounts that
/// have them, when PostgreSQL takes the account for an empty one.
/// </summary>
public sealed class EarlyPlanTests : IAsyncLifetime
{
    private const int Runs = 5_000;
    private const int Asked = 50;
    private const int NewAccount = 2;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        await owner.ExecuteAsync("ALTER TABLE workflows.run SET (autovacuum_enabled = false); ALTER TABLE workflows.step SET (autovacuum_enabled = false)");
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_workflows_that_led_to_events_are_found_by_contact(bool beside)
    {
        await FillAsync(beside, watching: 0);

        var rows = await RowsReadAsync(Causation.FindSql, new { accountId = NewAccount, contactIds = Contacts(), since = DateTime.UtcNow.AddDays(-1), done = (short)1 });

        Assert.InRange(rows, Asked, 10 * Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_runs_that_rules_of_re_entry_ask_about_are_found_by_contact(bool beside)
    {
        await FillAsync(beside, watching: 0);

        var rows = await RowsReadAsync(
            EntryRules.FindSql,
            new
            {
                AccountId = NewAccount,
                WorkflowIds = Contacts().Select(_ => Guid.Parse("00000000-0000-0000-0000-000000000001")).ToArray(),
                ContactIds = Contacts(),
                Parked = (short)9,
                Declined = (short)7,
                LoopStopped = (short)8,
            });

        Assert.InRange(rows, Asked, 10 * Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_read_to_wake_runs_of_an_account_where_none_watches(bool beside)
    {
        await FillAsync(beside, watching: 1);

        // As it is planned once it was run often: for any account.
        var statement = EnrolmentStore.WakeSql.Replace("@accountId", "$1", StringComparison.Ordinal).Replace("@contactIds", "$2", StringComparison.Ordinal);
        var rows = await RowsReadAsync($"EXECUTE wake ({NewAccount}, '{{{string.Join(',', Contacts())}}}')", null, $"SET plan_cache_mode = force_generic_plan; PREPARE wake (int, int[]) AS {statement}");

        Assert.InRange(rows, 0, Asked);
    }

    private static int[] Contacts() => [.. Enumerable.Range(1, Asked).Select(i => i * (Runs / Asked))];

    // Of the other account every run watches, where any does.
    private async Task FillAsync(bool beside, int watching)
    {
        const string sql = """
            INSERT INTO workflows.run (account_id, run_id, workflow_id, version, contact_id, event_id, state, lane, node_id, watching)
            SELECT @account, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 1, n, 'event ' || n, 1, 1, 'mail', @watching
            FROM generate_series(1, @Runs) AS n;
            INSERT INTO workflows.step (account_id, run_id, step, attempt, node_id, input, outcome)
            SELECT account_id, run_id, number, 1, 'mail', '', 1
            FROM workflows.run, generate_series(1, 2) AS number
            WHERE account_id = @account
            """;
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        if (beside)
        {
            await owner.ExecuteAsync(sql, new { account = 1, Runs, watching = watching > 0 });
            await owner.ExecuteAsync("VACUUM ANALYZE workflows.run, workflows.step");
        }

        await owner.ExecuteAsync(sql, new { account = NewAccount, Runs, watching = false });
    }

    private async Task<double> RowsReadAsync(string sql, object? values, string? before = null)
    {
        await using var connection = new NpgsqlConnection(_database.AccountConnectionString("workflows", NewAccount));
        await connection.OpenAsync();
        await (before is null ? Task.CompletedTask : connection.ExecuteAsync(before));
        return await PlanRows.ReadAsync(connection, sql, values);
    }
}
