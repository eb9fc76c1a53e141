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

        async Task<string> CreateAsync(string name) => (await Apps.Campaigns.CreateCampaignAsync(
            new() { Account = account, Campaign = new() { Name = name, Message = new() { Subject = "Hello", Text = "Hello" } } })).Campaign.CampaignId;
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

        async Task<string> CreateAsync(string name) => (await Apps.Workflows.CreateWorkflowAsync(
            new() { Account = account, Yaml = $"{{name: {name}, triggers: [{{contact_created: {{}}}}], nodes: [{{id: a, wait: {{period: 1 days}}}}]}}" })).Workflow.WorkflowId;
    }

    private async Task<string> LimitedAsync(Crm.Accounts.V1.AccountLimits limits)
    {
        var account = await Apps.NewAccountAsync();
        await Apps.Accounts.SetAccountLimitsAsync(new() { Account = account, Limits = limits });
        return account;
    }
}
