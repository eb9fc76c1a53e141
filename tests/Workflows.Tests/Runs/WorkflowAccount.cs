using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>An account whose workflows are tested.</summary>
internal sealed class WorkflowAccount(TestApps apps, string name) : TestAccount(apps, name)
{
    /// <summary>Creates an account with these tags.</summary>
    public static async Task<WorkflowAccount> NewAsync(TestApps apps, params string[] tags)
    {
        var account = new WorkflowAccount(apps, await apps.NewAccountAsync());
        foreach (var tag in tags)
        {
            await account.CreateTagAsync(tag);
        }

        return account;
    }

    /// <summary>Creates a contact with these tags.</summary>
    public async Task<int> NewContactAsync(Contact? contact, params string[] tags)
    {
        var contactId = (await CreateContactAsync(contact)).ContactId;
        if (tags.Length > 0)
        {
            await AddTagAsync(contactId, tags);
        }

        return contactId;
    }

    /// <summary>Imports contacts with an external id in the first column; others may be mapped by <paramref name="options"/>.</summary>
    public async Task ImportAsync(string csv, ImportOptions? options = null)
    {
        options ??= new ImportOptions();
        options.ExternalIdColumn = csv.Split(',', '\n')[0];
        using var call = Apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = Name, Options = options });
        await call.RequestStream.WriteAsync(new() { Data = Google.Protobuf.ByteString.CopyFromUtf8(csv) });
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }

    public async Task AddTagAsync(int contactId, params string[] tags) =>
        await Apps.Tags.AddTagsAsync(new() { Account = Name, ContactId = contactId, TagNames = { tags } });

    public async Task RemoveTagAsync(int contactId, params string[] tags) =>
        await Apps.Tags.RemoveTagsAsync(new() { Account = Name, ContactId = contactId, TagNames = { tags } });

    public async Task<int> TagIdAsync(string name) => (await Apps.Tags.GetTagAsync(new() { Account = Name, Name = name })).Tag.TagId;

    public async Task<Workflow> CreateAsync(string yaml) =>
        (await Apps.Workflows.CreateWorkflowAsync(new() { Account = Name, Yaml = yaml })).Workflow;

    public async Task<Workflow> PublishAsync(string yaml, bool acceptLoops = false)
    {
        var workflow = await CreateAsync(yaml);
        var published = await Apps.Workflows.PublishWorkflowAsync(
            new() { Account = Name, WorkflowId = workflow.WorkflowId, AcceptLoops = acceptLoops });
        return published.Workflow;
    }

    public async Task<IReadOnlyList<Run>> RunsAsync(Workflow workflow, int contactId = 0) =>
        (await Apps.Workflows.ListRunsAsync(
            new() { Account = Name, WorkflowId = workflow.WorkflowId, ContactId = contactId, PageSize = 1_000 })).Runs;

    /// <summary>Waits until the contact has so many runs in the workflow and all of them are in one of the states.</summary>
    public Task<IReadOnlyList<Run>> WaitForRunsAsync(Workflow workflow, int contactId, int count, params Run.Types.State[] states) =>
        Eventually.ReadAsync(
            () => RunsAsync(workflow, contactId),
            runs => runs.Count == count && runs.All(run => states.Contains(run.State)),
            $"{count} runs in {string.Join(" or ", states)}");

    public async Task<Run> WaitForRunAsync(Workflow workflow, int contactId, Run.Types.State state) =>
        (await WaitForRunsAsync(workflow, contactId, 1, state))[0];

    /// <summary>Waits until the contact's only run in the workflow waits at a node.</summary>
    public async Task<Run> WaitForAsync(Workflow workflow, int contactId, string nodeId)
    {
        var runs = await Eventually.ReadAsync(
            () => RunsAsync(workflow, contactId),
            runs => runs is [{ State: Run.Types.State.Waiting } run] && run.NodeId == nodeId,
            $"a run that waits at {nodeId}");
        return runs[0];
    }

    public async Task<IReadOnlyList<Step>> HistoryAsync(Run run) =>
        (await Apps.Workflows.GetRunAsync(new() { Account = Name, RunId = run.RunId })).Steps;
}
