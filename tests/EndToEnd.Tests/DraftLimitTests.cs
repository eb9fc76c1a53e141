using Crm.Errors.V1;
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

    private async Task<string> CreateCampaignAsync(string account, string name) => (await Apps.Campaigns.CreateCampaignAsync(
        new() { Account = account, Campaign = new() { Name = name, Message = new() { Subject = "Hello", Text = "Hello" } } })).Campaign.CampaignId;

    private async Task<string> CreateWorkflowAsync(string account, string name) => (await Apps.Workflows.CreateWorkflowAsync(
        new() { Account = account, Yaml = $"{{name: {name}, triggers: [{{contact_created: {{}}}}], nodes: [{{id: a, wait: {{period: 1 days}}}}]}}" })).Workflow.WorkflowId;

    private async Task<string> LimitedAsync(Crm.Accounts.V1.AccountLimits limits)
    {
        var account = await Apps.NewAccountAsync();
        await Apps.Accounts.SetAccountLimitsAsync(new() { Account = account, Limits = limits });
        return account;
    }
}
