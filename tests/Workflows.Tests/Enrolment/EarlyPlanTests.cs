using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.PersonExports;

namespace TagSegments.Workflows.Tests.Enrolment;

/// <summary>Statements about some contacts read their rows only, also while an account has no statistics yet.</summary>
public sealed class EarlyPlanTests : IAsyncLifetime
{
    private const int NewAccount = EarlyDatabase.NewAccount;
    private const int Asked = EarlyDatabase.AskedRows;
    private static readonly Guid s_workflow = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private EarlyDatabase _database = null!;

    public async Task InitializeAsync() => _database = await EarlyDatabase.CreateAsync("workflows.run", "workflows.step");

    public Task DisposeAsync() => _database.DeleteAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_workflows_that_led_to_events_are_found_by_contact(bool beside)
    {
        await FillAsync(beside);

        var rows = await RowsReadAsync(Causation.FindSql, new { accountId = NewAccount, contactIds = EarlyDatabase.Asked, since = DateTime.UtcNow.AddDays(-1), done = (short)1 });

        Assert.InRange(rows, Asked, 10 * Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_runs_that_rules_of_re_entry_ask_about_are_found_by_contact(bool beside)
    {
        await FillAsync(beside);

        var rows = await RowsReadAsync(
            EntryRules.FindSql,
            new
            {
                AccountId = NewAccount,
                WorkflowIds = EarlyDatabase.Asked.Select(_ => s_workflow).ToArray(),
                ContactIds = EarlyDatabase.Asked,
                Parked = (short)9,
                Declined = (short)7,
                LoopStopped = (short)8,
            });

        Assert.InRange(rows, Asked, 10 * Asked);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_runs_that_end_early_are_found_by_contact(bool beside, bool byTag)
    {
        await FillAsync(beside);

        var rows = await RowsReadAsync(
            EnrolmentStore.FindExitingSql,
            new
            {
                AccountId = NewAccount,
                Parked = (short)1,
                ContactIds = EarlyDatabase.Asked,
                WorkflowIds = EarlyDatabase.Asked.Select(_ => byTag ? (Guid?)null : s_workflow).ToArray(),
                TagIds = EarlyDatabase.Asked.Select(_ => byTag ? 1 : (int?)null).ToArray(),
                Reasons = EarlyDatabase.Asked.Select(_ => "left").ToArray(),
            });

        Assert.InRange(rows, Asked, 10 * Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_runs_of_a_person_are_found_by_contact(bool beside)
    {
        await FillAsync(beside);

        foreach (var sql in new[] { PersonExportApi.RunsSql, PersonExportApi.StepsSql })
        {
            var rows = await RowsReadAsync($"SELECT record::text FROM ({sql}) AS records (record) OFFSET 0 LIMIT 201", new { accountId = NewAccount, contactIds = EarlyDatabase.Asked });

            Assert.InRange(rows, Asked, 10 * Asked);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_read_to_wake_runs_of_an_account_where_none_watches(bool beside)
    {
        await FillAsync(beside, watchingElsewhere: true);

        Assert.InRange(await WakeAsync(), 0, Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Runs_to_wake_are_found_by_contact(bool beside)
    {
        await FillAsync(beside, watchingElsewhere: true, watching: true);

        Assert.InRange(await WakeAsync(), Asked, 10 * Asked);
    }

    // As it is planned once it was run often: for any account.
    private Task<double> WakeAsync()
    {
        var statement = EnrolmentStore.FindWatchingSql.Replace("@accountId", "$1", StringComparison.Ordinal).Replace("@contactIds", "$2", StringComparison.Ordinal);
        return RowsReadAsync(
            $"EXECUTE wake ({NewAccount}, '{{{string.Join(',', EarlyDatabase.Asked)}}}')", null, $"SET plan_cache_mode = force_generic_plan; PREPARE wake (int, int[]) AS {statement}");
    }

    private Task FillAsync(bool beside, bool watchingElsewhere = false, bool watching = false) => _database.FillAsync(
        beside,
        $"""
        INSERT INTO workflows.run (account_id, run_id, workflow_id, version, contact_id, event_id, state, lane, node_id, watching)
        SELECT @account, gen_random_uuid(), '{s_workflow}', 1, n, 'event ' || n, 1, 1, 'mail', @flag OR {(watching ? "true" : "false")}
        FROM generate_series(1, @Rows) AS n;
        INSERT INTO workflows.step (account_id, run_id, step, attempt, node_id, input, outcome)
        SELECT account_id, run_id, number, 1, 'mail', '', 1
        FROM workflows.run, generate_series(1, 2) AS number
        WHERE account_id = @account
        """,
        watchingElsewhere);

    private Task<double> RowsReadAsync(string sql, object? values, string? before = null) => _database.RowsReadAsync("workflows", sql, values, before);
}
