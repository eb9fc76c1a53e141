using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>An account of one test, and short ways to do in it what tests do.</summary>
internal sealed class Playground(TestApps apps, string account)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public TestApps Apps => apps;

    public string Account => account;

    public static async Task<Playground> CreateAsync(TestApps apps, params string[] tags)
    {
        var playground = new Playground(apps, await apps.NewAccountAsync());
        foreach (var tag in tags)
        {
            await apps.Tags.CreateTagAsync(new() { Account = playground.Account, Tag = new() { Name = tag } });
        }

        return playground;
    }

    public async Task<int> NewContactAsync(Contact? contact = null, params string[] tags)
    {
        var created = await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact ?? new Contact() });
        if (tags.Length > 0)
        {
            await AddTagAsync(created.Contact.ContactId, tags);
        }

        return created.Contact.ContactId;
    }

    /// <summary>Imports contacts with an external id in the first column; others may be mapped by <paramref name="options"/>.</summary>
    public async Task ImportAsync(string csv, ImportOptions? options = null)
    {
        options ??= new ImportOptions();
        options.ExternalIdColumn = csv.Split(',', '\n')[0];
        using var call = apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account, Options = options });
        await call.RequestStream.WriteAsync(new() { Data = Google.Protobuf.ByteString.CopyFromUtf8(csv) });
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    public async Task AddTagAsync(int contactId, params string[] tags) =>
        await apps.Tags.AddTagsAsync(new() { Account = account, ContactId = contactId, TagNames = { tags } });

    public async Task RemoveTagAsync(int contactId, params string[] tags) =>
        await apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = contactId, TagNames = { tags } });

    public async Task<string[]> TagsOfAsync(int contactId)
    {
        var response = await apps.Tags.BatchGetContactTagsAsync(new() { Account = account, ContactIds = { contactId } });
        return [.. response.Contacts[0].Tags.Select(tag => tag.Name)];
    }

    public async Task<int> TagIdAsync(string name) => (await apps.Tags.GetTagAsync(new() { Account = account, Name = name })).Tag.TagId;

    public async Task<Workflow> CreateAsync(string yaml) =>
        (await apps.Workflows.CreateWorkflowAsync(new() { Account = account, Yaml = yaml })).Workflow;

    public async Task<Workflow> PublishAsync(string yaml, bool acceptLoops = false)
    {
        var workflow = await CreateAsync(yaml);
        var published = await apps.Workflows.PublishWorkflowAsync(
            new() { Account = account, WorkflowId = workflow.WorkflowId, AcceptLoops = acceptLoops });
        return published.Workflow;
    }

    public async Task<IReadOnlyList<Run>> RunsAsync(Workflow workflow, int contactId = 0) =>
        (await apps.Workflows.ListRunsAsync(
            new() { Account = account, WorkflowId = workflow.WorkflowId, ContactId = contactId, PageSize = 1_000 })).Runs;

    /// <summary>Waits until the contact has so many runs in the workflow and all of them are in one of the states.</summary>
    public async Task<IReadOnlyList<Run>> WaitForRunsAsync(Workflow workflow, int contactId, int count, params Run.Types.State[] states)
    {
        IReadOnlyList<Run> runs = [];
        await WaitForAsync(
            async () =>
            {
                runs = await RunsAsync(workflow, contactId);
                return runs.Count == count && runs.All(run => states.Contains(run.State));
            },
            () => $"{count} runs in {string.Join(" or ", states)}, but there are: {string.Join(", ", runs)}");
        return runs;
    }

    public async Task<Run> WaitForRunAsync(Workflow workflow, int contactId, Run.Types.State state) =>
        (await WaitForRunsAsync(workflow, contactId, 1, state))[0];

    /// <summary>Waits until the contact's only run in the workflow waits at a node.</summary>
    public async Task<Run> WaitForAsync(Workflow workflow, int contactId, string nodeId)
    {
        IReadOnlyList<Run> runs = [];
        await WaitForAsync(
            async () => (runs = await RunsAsync(workflow, contactId)) is [{ State: Run.Types.State.Waiting } run] && run.NodeId == nodeId,
            () => $"a run that waits at {nodeId}, but there are: {string.Join(", ", runs)}");
        return runs[0];
    }

    public async Task<IReadOnlyList<Step>> HistoryAsync(Run run) =>
        (await apps.Workflows.GetRunAsync(new() { Account = account, RunId = run.RunId })).Steps;

    public static async Task WaitForAsync(Func<Task<bool>> condition, Func<string> expectation)
    {
        var until = TimeProvider.System.GetUtcNow() + s_patience;
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, $"Expected {expectation()}");
            await Task.Delay(20);
        }
    }
}
