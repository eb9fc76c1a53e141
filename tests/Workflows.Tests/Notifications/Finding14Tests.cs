using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;

namespace TagSegments.Workflows.Tests.Notifications;

/// <summary>Finding 14 of the security review, its end: 2,000 runs called a host that a tenant had named with 2,000 requests at once.</summary>
public sealed class Finding14Tests : IAsyncLifetime
{
    private const int Most = 20;
    private TestApps _apps = null!;
    private HookReceiver _slow = null!;
    private HookReceiver _other = null!;

    public async Task InitializeAsync()
    {
        (_slow, _other) = (await HookReceiver.StartAsync("127.0.0.1"), await HookReceiver.StartAsync("127.0.0.2"));
        _apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Settings = new Dictionary<string, string?>
            {
                ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
                ["Egress:CallsPerAccountAndHost"] = $"{Most}",
                ["Limits:WebhooksPerSecond"] = "1000",
                ["Egress:CallsPerSecond"] = "1000",
                ["Notifications:WebhookSeconds"] = "600",
            },
        });
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _slow.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_host_gets_few_calls_at_a_time_loses_none_and_holds_up_no_other_host()
    {
        const int runs = 2_000;
        const int others = 10;
        var crm = await WorkflowAccount.NewAsync(_apps, "Slow", "Other");
        await PublishAsync(crm, "Slow", _slow);
        await PublishAsync(crm, "Other", _other);
        var answered = new TaskCompletionSource();
        _slow.Wait = () => answered.Task;

        await StartRunsAsync(crm, "Slow", runs);
        await Eventually.HoldsAsync(() => _slow.MostAtOnce == Most);
        await StartRunsAsync(crm, "Other", others);

        await Eventually.HoldsAsync(() => _other.Deliveries.Count == others);
        Assert.Equal(Most, _slow.Deliveries.Count);
        answered.SetResult();
        await DeliveredAsync(runs);
        Assert.Equal(runs, _slow.Deliveries.Select(delivery => delivery.Id).Distinct().Count());
        Assert.Equal(Most, _slow.MostAtOnce);
        await Eventually.ReadAsync(EndedAsync, ended => ended == runs + others);
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM workflows.step WHERE attempt > 1"));
    }

    private static Task<Workflow> PublishAsync(WorkflowAccount crm, string tag, HookReceiver receiver) => crm.PublishAsync(
        $"{{name: {tag}, triggers: [{{tag: {{tags: [{tag}]}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{receiver.Url}', message: x}}}}]}}");

    private static Task StartRunsAsync(WorkflowAccount crm, string tag, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (_, _) => await crm.NewContactAsync(null, tag));

    // As long as some arrive, the test is patient.
    private async Task DeliveredAsync(int count)
    {
        for (var before = 0; before < count; before = _slow.Deliveries.Count)
        {
            await Eventually.HoldsAsync(() => _slow.Deliveries.Count > before);
        }
    }

    private Task<long> EndedAsync() => CountAsync("SELECT count(*) FROM workflows.run WHERE ended_at IS NOT NULL");

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
