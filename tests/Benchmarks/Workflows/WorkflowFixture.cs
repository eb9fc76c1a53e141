using Crm.Common.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Workflows;

/// <summary>All services in this process, with one account of living contacts, called through gRPC. Times are taken from the database's clock.</summary>
internal sealed class WorkflowFixture : IAsyncDisposable
{
    private readonly TestApps _apps;
    private readonly NpgsqlDataSource _database;

    private WorkflowFixture(TestApps apps, string account, int contacts)
    {
        (_apps, Account, Contacts) = (apps, account, contacts);
        _database = NpgsqlDataSource.Create(apps.Database.OwnerConnectionString);
    }

    public string Account { get; }

    public int Contacts { get; }

    public TagService.TagServiceClient Tags => _apps.Tags;

    public WorkflowService.WorkflowServiceClient Workflows => _apps.Workflows;

    public static async Task<WorkflowFixture> StartAsync(int contacts)
    {
        var apps = await TestApps.StartAsync();
        var fixture = new WorkflowFixture(apps, await apps.NewAccountAsync(), contacts);
        await fixture.ExecuteAsync("INSERT INTO crm.contact (account_id, contact_id) SELECT 1, i FROM generate_series(1, @contacts) AS i", new { contacts });
        await using var databases = apps.Database.Of("tags");
        var cause = new ChangeCause(Cause.Types.Kind.Import, "benchmark");
        await AccountTransaction.RunAsync(
            databases.Accounts,
            1,
            transaction => transaction.SetBitsAsync(AccountTransaction.LivingTag, [.. Enumerable.Range(1, contacts)], on: true, cause, default),
            default);
        return fixture;
    }

    public async Task<int> NewTagAsync(string name) =>
        (await Tags.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = name } })).Tag.TagId;

    public async Task<Workflow> PublishAsync(string yaml)
    {
        var created = await Workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = Account, Yaml = yaml });
        var request = new PublishWorkflowRequest { Account = Account, WorkflowId = created.Workflow.WorkflowId };
        return (await Workflows.PublishWorkflowAsync(request)).Workflow;
    }

    /// <summary>Adds accounts with a tag and a published workflow each.</summary>
    public async Task AddAccountsAsync(int count)
    {
        await Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, ct) =>
        {
            var account = await _apps.NewAccountAsync();
            await Tags.CreateTagAsync(new CreateTagRequest { Account = account, Tag = new Tag { Name = "In" } }, cancellationToken: ct);
            var yaml = "{name: Mark, triggers: [{tag: {tags: [In]}}], nodes: [{id: done, end: {}}]}";
            var created = await Workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = account, Yaml = yaml }, cancellationToken: ct);
            var request = new PublishWorkflowRequest { Account = account, WorkflowId = created.Workflow.WorkflowId };
            await Workflows.PublishWorkflowAsync(request, cancellationToken: ct);
        });
    }

    public async Task AddTagAsync(int contactId, int tagId) =>
        await Tags.AddTagsAsync(new AddTagsRequest { Account = Account, ContactId = contactId, TagIds = { tagId } });

    /// <summary>Adds the tag to one contact after another at a steady rate, however slow the answers, up to a number or until cancelled.</summary>
    public async Task AddSteadilyAsync(int tagId, int count, int perSecond, CancellationToken stop)
    {
        var adds = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        while (adds.Count < count && !stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            adds.Add(AddTagAsync(1 + (adds.Count % Contacts), tagId));
        }

        await Task.WhenAll(adds);
    }

    /// <summary>Waits until this number of runs of the workflow is in a state.</summary>
    public async Task WaitForRunsAsync(Workflow workflow, int count, Run.Types.State state)
    {
        const string sql = "SELECT count(*) FROM workflows.run WHERE account_id = 1 AND workflow_id = @id AND state = @state";
        var values = new { id = Guid.Parse(workflow.WorkflowId), state = (short)state };
        while (await ScalarAsync<long>(sql, values) < count)
        {
            await Task.Delay(250);
        }
    }

    /// <summary>The milliseconds from the event that started a run to the end of its first action, ascending, without the first runs.</summary>
    public async Task<double[]> LatenciesAsync(Workflow workflow, int skip)
    {
        const string sql = """
            SELECT extract(epoch FROM step.at - change.at)::float8 * 1000
            FROM workflows.run AS run
            JOIN workflows.step AS step USING (account_id, run_id)
            JOIN tags.tag_change AS change
                ON change.account_id = run.account_id
                AND change.pos = split_part(substr(run.event_id, 6), '.', 1)::bigint
                AND change.seq = split_part(run.event_id, '.', 2)::int
            WHERE run.account_id = 1 AND run.workflow_id = @id AND step.step = 1
            ORDER BY change.at
            OFFSET @skip
            """;
        await using var connection = await _database.OpenConnectionAsync();
        return [.. (await connection.QueryAsync<double>(sql, new { id = Guid.Parse(workflow.WorkflowId), skip }, commandTimeout: 0)).Order()];
    }

    public async Task<T> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = await _database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, values, commandTimeout: 0))!;
    }

    public async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values, commandTimeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _apps.DisposeAsync();
    }
}
