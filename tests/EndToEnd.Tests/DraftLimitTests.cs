using Crm.Errors.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>Finding 14: an account has as many drafts as its limits allow.</summary>
public sealed class DraftLimitTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private TestApps Apps => shared.Apps;

    [Fact]
    public async Task Drafts_of_campaigns_beyond_the_limit_are_refused_until_one_is_cancelled()
    {
        var account = await LimitedAsync(new() { CampaignDrafts = 1 });
        var first = await CreateAsync("first");

        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => CreateAsync("second"));
        await Apps.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = first });
        await CreateAsync("second");

        Assert.Equal(("campaign_drafts", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));

        Task<string> CreateAsync(string name) => CreateCampaignAsync(account, name);
    }

    [Fact]
    public async Task Drafts_that_are_created_at_once_do_not_pass_the_limit()
    {
        var account = await LimitedAsync(new() { CampaignDrafts = 3, WorkflowDrafts = 3 });

        var campaigns = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Expect.StatusAsync(() => CreateCampaignAsync(account, $"campaign {i}"))));
        var workflows = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Expect.StatusAsync(() => CreateWorkflowAsync(account, $"Workflow {i}"))));

        foreach (var statuses in new[] { campaigns, workflows })
        {
            Assert.Equal(3, statuses.Count(status => status is StatusCode.OK));
            Assert.Equal(17, statuses.Count(status => status is StatusCode.ResourceExhausted));
        }
    }

    [Fact]
    public async Task Workflows_that_are_not_published_are_refused_beyond_the_limit_until_one_is_published()
    {
        var account = await LimitedAsync(new() { WorkflowDrafts = 1 });
        var first = await CreateAsync("First");

        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => CreateAsync("Second"));
        await Apps.Workflows.PublishWorkflowAsync(new() { Account = account, WorkflowId = first });
        await CreateAsync("Second");

        Assert.Equal(("workflow_drafts", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));

        Task<string> CreateAsync(string name) => CreateWorkflowAsync(account, name);
    }

    [Fact]
    public async Task A_workflow_beyond_the_limit_stays_published_until_there_is_room()
    {
        var account = await LimitedAsync(new() { WorkflowDrafts = 1 });
        var published = await PublishedAsync(account, "Published");
        var draft = await CreateWorkflowAsync(account, "Draft");

        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => UnpublishAsync(account, published));
        Assert.Equal(("workflow_drafts", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.Equal(Workflow.Types.State.Published, await StateAsync());

        await Apps.Workflows.DeleteWorkflowAsync(new() { Account = account, WorkflowId = draft });
        await UnpublishAsync(account, published);
        await UnpublishAsync(account, published);
        Assert.Equal(Workflow.Types.State.Unpublished, await StateAsync());

        async Task<Workflow.Types.State> StateAsync() =>
            (await Apps.Workflows.GetWorkflowAsync(new() { Account = account, WorkflowId = published })).Workflow.State;
    }

    [Fact]
    public async Task A_published_workflow_can_be_deleted_where_it_cannot_be_unpublished()
    {
        var account = await LimitedAsync(new() { WorkflowDrafts = 1 });
        var published = await PublishedAsync(account, "Published");
        await CreateWorkflowAsync(account, "Draft");

        await Apps.Workflows.DeleteWorkflowAsync(new() { Account = account, WorkflowId = published, Force = true });

        Assert.Equal("Draft", Assert.Single((await Apps.Workflows.ListWorkflowsAsync(new() { Account = account })).Workflows).Name);
    }

    [Fact]
    public async Task Workflows_that_are_unpublished_and_created_at_once_do_not_pass_the_limit()
    {
        var account = await LimitedAsync(new() { WorkflowDrafts = 3 });
        var published = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            published.Add(await PublishedAsync(account, $"Published {i}"));
        }

        var unpublished = published.Select(id => Expect.StatusAsync(() => UnpublishAsync(account, id)));
        var created = Enumerable.Range(0, 25).Select(i => Expect.StatusAsync(() => CreateWorkflowAsync(account, $"Draft {i}")));
        var statuses = await Task.WhenAll(unpublished.Zip(created).SelectMany(pair => new[] { pair.First, pair.Second }));

        Assert.Equal(3, statuses.Count(status => status is StatusCode.OK));
        Assert.Equal(47, statuses.Count(status => status is StatusCode.ResourceExhausted));
        var workflows = (await Apps.Workflows.ListWorkflowsAsync(new() { Account = account, PageSize = 100 })).Workflows;
        Assert.Equal(3, workflows.Count(workflow => workflow.State is not Workflow.Types.State.Published));
    }

    private async Task<string> CreateCampaignAsync(string account, string name) => (await Apps.Campaigns.CreateCampaignAsync(
        new() { Account = account, Campaign = new() { Name = name, Message = new() { Subject = "Hello", Text = "Hello" } } })).Campaign.CampaignId;

    private async Task<string> CreateWorkflowAsync(string account, string name) => (await Apps.Workflows.CreateWorkflowAsync(
        new() { Account = account, Yaml = $"{{name: {name}, triggers: [{{contact_created: {{}}}}], nodes: [{{id: a, wait: {{period: 1 days}}}}]}}" })).Workflow.WorkflowId;

    private async Task<string> PublishedAsync(string account, string name)
    {
        var id = await CreateWorkflowAsync(account, name);
        await Apps.Workflows.PublishWorkflowAsync(new() { Account = account, WorkflowId = id });
        return id;
    }

    private async Task UnpublishAsync(string account, string id) =>
        await Apps.Workflows.UnpublishWorkflowAsync(new() { Account = account, WorkflowId = id });

    private async Task<string> LimitedAsync(Crm.Accounts.V1.AccountLimits limits)
    {
        var account = await Apps.NewAccountAsync();
        await Apps.Accounts.SetAccountLimitsAsync(new() { Account = account, Limits = limits });
        return account;
    }
}
