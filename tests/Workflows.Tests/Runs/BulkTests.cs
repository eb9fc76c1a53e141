using Crm.Tags.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Bulk operations: their enrolments are deferred until they can be carried out, which must not change the outcome.</summary>
public sealed class BulkTests : IAsyncLifetime
{
    private const int Contacts = 3_000;
    private TestApps _apps = null!;
    private WorkflowAccount _crm = null!;

    public async Task InitializeAsync()
    {
        _apps = await TestApps.StartAsync();
        _crm = await WorkflowAccount.NewAsync(_apps, "Hot Lead", "Warm Lead", "Seen");
    }

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task A_bulk_operation_starts_exactly_one_run_for_each_contact_that_it_changed()
    {
        var contacts = await NewContactsAsync();
        await _crm.AddTagAsync(contacts[0], "Hot Lead");
        var workflow = await _crm.PublishAsync("{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}");

        await BulkAsync(contacts, "Hot Lead");

        await WaitForAsync(workflow, contacts.Length - 1, State.Completed);
        var runs = await AllRunsAsync(workflow);
        Assert.Equal(contacts.Skip(1), runs.Select(run => run.ContactId).Order());
        Assert.Equal(runs.Count, runs.Select(run => run.EventId).Distinct().Count());
        Assert.All(runs, run => Assert.EndsWith($".{run.ContactId}", run.EventId, StringComparison.Ordinal));
        Assert.Equal(contacts.Length - 1, (await _apps.Tags.GetTagAsync(new() { Account = _crm.Name, Name = "Seen" })).Tag.ContactCount);
    }

    [Fact]
    public async Task A_bulk_operation_that_asks_for_no_workflows_starts_none()
    {
        var contacts = await NewContactsAsync();
        var workflow = await _crm.PublishAsync("{name: W, triggers: [{tag: {any: true}}], nodes: [{id: done, end: {}}]}");

        await BulkAsync(contacts, "Hot Lead", skipWorkflows: true);
        await _crm.AddTagAsync(contacts[0], "Warm Lead");

        await _crm.WaitForRunAsync(workflow, contacts[0], State.Completed);
        Assert.Single(await AllRunsAsync(workflow));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public async Task An_import_starts_workflows_unless_it_says_not_to(bool skip, int started)
    {
        var tagged = await _crm.PublishAsync("{name: Tagged, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}");
        var created = await _crm.PublishAsync("{name: Created, triggers: [{contact_created: {}}], nodes: [{id: done, end: {}}]}");

        await _crm.ImportAsync("key,tags\na,Hot Lead\nb,Hot Lead", new() { TagsColumns = { "tags" }, SkipWorkflows = skip });
        await _crm.NewContactAsync(null, "Hot Lead");

        await WaitForAsync(tagged, started + 1, State.Completed);
        await WaitForAsync(created, started + 1, State.Completed);
    }

    [Fact]
    public async Task Events_behind_a_bulk_operation_find_its_runs_in_order()
    {
        var contacts = await NewContactsAsync();
        var once = await _crm.PublishAsync(
            "{name: Once, reentry: once_ever, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: pause, wait: {period: 1 day}}]}");
        var exit = await _crm.PublishAsync(
            "{name: Exit, triggers: [{tag: {tags: [Hot Lead]}}], exit_tags: [Hot Lead], nodes: [{id: pause, wait: {period: 1 day}}]}");
        await _apps.StopAsync(Service.Workflows);

        await BulkAsync(contacts, "Hot Lead");
        await _crm.RemoveTagAsync(contacts[^1], "Hot Lead");
        await _crm.AddTagAsync(contacts[^1], "Hot Lead");
        await _apps.StartAsync(Service.Workflows);

        await WaitForAsync(once, contacts.Length + 1, State.Waiting, State.Declined);
        await WaitForAsync(exit, contacts.Length + 1, State.Waiting, State.Exited);
        // Newest first: of the events of the last contact, the one of the bulk operation came first.
        var last = (await _crm.RunsAsync(once, contacts[^1])).OrderBy(run => run.EventId.EndsWith($".{run.ContactId}", StringComparison.Ordinal) ? 0 : 1);
        Assert.Equal([State.Waiting, State.Declined], last.Select(run => run.State));
        var left = (await _crm.RunsAsync(exit, contacts[^1])).OrderBy(run => run.EventId.EndsWith($".{run.ContactId}", StringComparison.Ordinal) ? 0 : 1);
        Assert.Equal([State.Exited, State.Waiting], left.Select(run => run.State));
        Assert.Single(await AllRunsAsync(exit), run => run.State is State.Exited);
    }

    [Fact]
    public async Task A_bulk_removal_behind_a_bulk_tagging_ends_all_of_its_runs()
    {
        var contacts = await NewContactsAsync();
        var workflow = await _crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Hot Lead]}}], exit_tags: [Hot Lead], nodes: [{id: pause, wait: {period: 1 day}}]}");
        await _apps.StopAsync(Service.Workflows);

        await BulkAsync(contacts, "Hot Lead");
        await BulkAsync(contacts, remove: "Hot Lead");
        await _apps.StartAsync(Service.Workflows);

        await WaitForAsync(workflow, contacts.Length, State.Exited);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public async Task A_merge_of_tags_starts_workflows_only_if_asked(bool startWorkflows, int started)
    {
        await _crm.NewContactAsync(null, "Warm Lead");
        await _crm.NewContactAsync(null, "Warm Lead");
        var workflow = await _crm.PublishAsync("{name: W, triggers: [{tag: {tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}");

        await new GovernanceService.GovernanceServiceClient(_apps.Channel(Service.Tags)).MergeTagsAsync(new()
        {
            Account = _crm.Name,
            FromTagId = await _crm.TagIdAsync("Warm Lead"),
            IntoTagId = await _crm.TagIdAsync("Hot Lead"),
            StartWorkflows = startWorkflows,
        });
        await _crm.NewContactAsync(null, "Hot Lead");

        await WaitForAsync(workflow, started + 1, State.Completed);
    }

    private async Task<int[]> NewContactsAsync()
    {
        var csv = string.Join('\n', Enumerable.Range(1, Contacts).Select(i => $"c{i}").Prepend("external_id"));
        await _crm.ImportAsync(csv);
        var first = (await _apps.Contacts.GetContactAsync(new() { Account = _crm.Name, ExternalId = "c1" })).Contact.ContactId;
        return [.. Enumerable.Range(first, Contacts)];
    }

    private async Task BulkAsync(int[] contacts, string? add = null, string? remove = null, bool skipWorkflows = false)
    {
        var request = new BulkTagRequest { Account = _crm.Name, ContactIds = { contacts }, SkipWorkflows = skipWorkflows };
        request.AddTagIds.AddRange(add is null ? [] : [await _crm.TagIdAsync(add)]);
        request.RemoveTagIds.AddRange(remove is null ? [] : [await _crm.TagIdAsync(remove)]);
        await _apps.Tags.BulkTagAsync(request);
    }

    private Task WaitForAsync(Workflow workflow, int count, params State[] states) => Eventually.ReadAsync(
        async () => (await AllRunsAsync(workflow)).CountBy(run => run.State).ToArray(),
        runs => runs.Sum(group => group.Value) == count && runs.All(group => states.Contains(group.Key)),
        $"{count} runs in {string.Join(" or ", states)}");

    private async Task<IReadOnlyList<Run>> AllRunsAsync(Workflow workflow)
    {
        var runs = new List<Run>();
        var request = new ListRunsRequest { Account = _crm.Name, WorkflowId = workflow.WorkflowId, PageSize = 1_000 };
        do
        {
            var page = await _apps.Workflows.ListRunsAsync(request);
            runs.AddRange(page.Runs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return runs;
    }
}
