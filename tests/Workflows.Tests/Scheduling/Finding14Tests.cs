using TagSegments.Testing;
using TagSegments.Workflows.Tests.Notifications;
using TagSegments.Workflows.Tests.Runs;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>Finding 14, workflows: what one account has to do does not hold up another one.</summary>
public sealed class Finding14Tests : IAsyncLifetime
{
    private const int Contacts = 1_200;
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Settings = new Dictionary<string, string?>
        {
            ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
            ["Notifications:WebhookSeconds"] = "30",
        },
    });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Runs_go_on_beside_an_account_whose_runs_are_all_stuck()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var release = new TaskCompletionSource();
        receiver.Wait = () => release.Task;
        var big = await WorkflowAccount.NewAsync(_apps);
        var stuck = await big.PublishAsync(
            $"{{name: W, triggers: [{{contact_created: {{}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{receiver.Url}', message: Hi}}}}]}}");
        await big.ImportAsync("id\n" + string.Join('\n', Enumerable.Range(1, Contacts)));
        await Eventually.HoldsAsync(() => receiver.Deliveries.Count > 0);
        var small = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await small.PublishAsync("{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}");

        var contact = await small.NewContactAsync(null, "Start");

        await small.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.DoesNotContain(await big.RunsAsync(stuck), run => run.State is State.Completed);
        release.SetResult();
    }
}
