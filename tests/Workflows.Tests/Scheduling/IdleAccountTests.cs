using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Scheduling;
using TagSegments.Workflows.Tests.Runs;
using Field = Crm.Contacts.V1.Field;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Scheduling;

/// <summary>An account that has nothing to do has no worker, and gets one when something happens or is due.</summary>
public sealed class IdleAccountTests : IAsyncLifetime
{
    private const string Mark = "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}";
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new TestAppsOptions
    {
        Settings = new Dictionary<string, string?> { ["ClockFeed:AllSeconds"] = "1", ["SegmentWatch:Seconds"] = "1" },
    });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Idle_accounts_have_no_workers_and_are_woken_by_an_event()
    {
        var accounts = new List<(WorkflowAccount Crm, Workflow Workflow)>();
        for (var i = 0; i < 20; i++)
        {
            var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
            accounts.Add((crm, await crm.PublishAsync(Mark)));
        }

        await WaitUntilIdleAsync();
        var contact = await accounts[7].Crm.NewContactAsync(null, "Start");

        await accounts[7].Crm.WaitForRunAsync(accounts[7].Workflow, contact, State.Completed);
        await WaitUntilIdleAsync();
    }

    [Fact]
    public async Task A_waiting_run_has_no_worker_and_goes_on_when_it_is_due()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Seen}}]}");
        var contact = await crm.NewContactAsync(null, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await WaitUntilIdleAsync();

        await Runs.Clock.MakeDueAsync(_apps, run);

        await crm.WaitForRunAsync(workflow, contact, State.Completed);

        Assert.Contains("Seen", await crm.TagsOfAsync(contact));
    }

    [Fact]
    public async Task Finding_14_a_run_that_was_put_off_comes_back_though_nothing_else_happens()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Seen}}]}");
        var contact = await crm.NewContactAsync(null, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        await WaitUntilIdleAsync();

        // As it is when there was no room for the action of its second step: running, first attempt, due a moment later.
        await ExecuteAsync(
            $"""
            UPDATE workflows.run
            SET state = 1, node_id = 'mark', step = 2, attempt = 1, reason = 'no room', expires_at = NULL, due_at = now() + interval '1 second'
            WHERE run_id = '{run.RunId}'
            """);

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task A_segment_that_is_entered_by_time_alone_starts_a_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(_apps);
        await crm.CreateFieldAsync("met", Field.Types.Type.DateTime);
        await _apps.Segments.CreateSegmentAsync(new()
        {
            Account = crm.Name,
            Segment = new() { Name = "Known" },
            Text = "met more than 1 minute ago",
        });
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{segment_entered: {segment: Known}}], nodes: [{id: done, end: {}}]}");

        var met = Value.ForString(DateTimeOffset.UtcNow.AddSeconds(-55).ToString("O"));
        var contact = await crm.NewContactAsync(new Contact { FirstName = "Ada", Fields = new Struct { Fields = { ["met"] = met } } });

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task A_move_of_the_clock_that_no_tick_saw_is_late_and_not_lost()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await crm.PublishAsync(Mark);
        // As if every commit had become visible long after its time.
        await ExecuteAsync(
            """
            CREATE FUNCTION crm.hide() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.committed_at := NEW.committed_at - interval ''1 hour''; RETURN NEW; END';
            CREATE TRIGGER hide BEFORE INSERT ON crm.commit FOR EACH ROW EXECUTE FUNCTION crm.hide();
            """);

        var contact = await crm.NewContactAsync(null, "Start");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task A_process_takes_over_what_became_due_and_what_happened_before_it()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 1 day}, next: mark}, {id: mark, add_tag: {tag: Seen}}]}");
        var early = await crm.NewContactAsync(null, "Start");
        var run = await crm.WaitForRunAsync(workflow, early, State.Waiting);
        await _apps.StopAsync(Service.Workflows);
        await Runs.Clock.MakeDueAsync(_apps, run);
        var late = await crm.NewContactAsync(null, "Start");

        await _apps.StartAsync(Service.Workflows);

        await crm.WaitForRunAsync(workflow, early, State.Completed);
        await crm.WaitForRunAsync(workflow, late, State.Waiting);
        await WaitUntilIdleAsync();
    }

    [Fact]
    public async Task A_run_that_another_replica_started_is_found()
    {
        var crm = await WorkflowAccount.NewAsync(_apps, "Start", "Seen");
        var workflow = await crm.PublishAsync(Mark);
        var contact = await crm.NewContactAsync(null, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        await WaitUntilIdleAsync();

        // Without a word to the process that carries it out.
        await Runs.Clock.ForgetAsync(_apps, run, "mark");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    private Task WaitUntilIdleAsync() => Eventually.ReadAsync(() => Task.FromResult(Workers()), workers => workers == 0, "no workers");

    private int Workers()
    {
        var services = _apps.App(Service.Workflows).Services;
        return services.GetRequiredService<AccountWork<Feed>>().Workers + services.GetRequiredService<AccountWork<RunLane>>().Workers;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
