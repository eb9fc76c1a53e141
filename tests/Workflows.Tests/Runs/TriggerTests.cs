using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class TriggerTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("tags: [Hot Lead]", new[] { "Hot Lead" })]
    [InlineData("tags: [Hot Lead, VIP]", new[] { "Hot Lead", "VIP" })]
    [InlineData("name_prefix: 'Source: '", new[] { "Source: Web" })]
    [InlineData("any: true", new[] { "Hot Lead", "Source: Web", "VIP" })]
    public async Task A_tag_that_is_added_starts_the_workflows_that_wait_for_it(string tags, string[] expected)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead", "VIP", "Source: Web");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync($"{{name: W, triggers: [{{tag: {{{tags}}}}}], nodes: [{{id: done, end: {{}}}}]}}");

        foreach (var tag in new[] { "Hot Lead", "VIP", "Source: Web" })
        {
            await crm.AddTagAsync(contact, tag);
        }

        await crm.WaitForRunsAsync(workflow, contact, expected.Length, State.Completed);
    }

    [Fact]
    public async Task A_tag_that_is_removed_starts_a_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead");
        var contact = await crm.NewContactAsync(null, "Hot Lead");
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {change: removed, tags: [Hot Lead]}}], nodes: [{id: done, end: {}}]}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.RemoveTagAsync(contact, "Hot Lead");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_starts_nothing()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead", "Marker");
        var contact = await crm.NewContactAsync(null, "Hot Lead");
        var workflow = await crm.PublishAsync("{name: W, triggers: [{tag: {any: true}}], nodes: [{id: done, end: {}}]}");

        await crm.AddTagAsync(contact, "Hot Lead");
        await crm.AddTagAsync(contact, "Marker");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Single(await crm.RunsAsync(workflow));
    }

    [Fact]
    public async Task A_contact_that_is_created_starts_a_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var workflow = await crm.PublishAsync("{name: W, triggers: [{contact_created: {}}], nodes: [{id: done, end: {}}]}");

        var contact = await crm.NewContactAsync();

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task Fault_C20_old_activities_that_workflows_are_to_skip_start_nothing()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync("{name: W, triggers: [{activity: {kind: custom, event_name: Purchase}}], nodes: [{id: done, end: {}}]}");
        var purchase = new Activity { ContactId = contact, Kind = Activity.Types.Kind.Custom, EventName = "Purchase" };

        await crm.Apps.Activity.RecordActivitiesAsync(new() { Account = crm.Name, Activities = { purchase }, SkipWorkflows = true });
        await crm.Apps.Activity.RecordActivitiesAsync(new() { Account = crm.Name, Activities = { purchase } });

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Single(await crm.RunsAsync(workflow));
    }

    [Fact]
    public async Task An_opportunity_that_comes_into_a_stage_starts_a_workflow()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var contact = await crm.NewContactAsync();
        var pipeline = (await crm.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = crm.Name,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Won" } } },
        })).Pipeline;
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{stage: {pipeline: Sales, stage: Won}}], nodes: [{id: done, end: {}}]}");

        var opportunity = (await crm.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = crm.Name,
            Opportunity = new() { ContactId = contact, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId },
        })).Opportunity;
        await crm.Apps.Opportunities.UpdateOpportunityAsync(new()
        {
            Account = crm.Name,
            Opportunity = new() { OpportunityId = opportunity.OpportunityId, StageId = pipeline.Stages[1].StageId },
        });

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task What_the_contact_does_starts_workflows_and_what_programs_do_starts_none()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var contact = await crm.NewContactAsync();
        var clicked = await crm.PublishAsync(
            "{name: Clicked, triggers: [{activity: {kind: clicked, link_prefix: 'https://example.org/demo'}}], nodes: [{id: done, end: {}}]}");
        var opened = await crm.PublishAsync("{name: Opened, triggers: [{activity: {kind: opened}}], nodes: [{id: done, end: {}}]}");
        var attended = await crm.PublishAsync(
            "{name: Attended, triggers: [{activity: {kind: custom, event_name: Webinar Attended}}], nodes: [{id: done, end: {}}]}");

        await crm.Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = crm.Name,
            Activities =
            {
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Opened, Machine = true },
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Opened },
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Clicked, Detail = "https://example.org/other" },
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Clicked, Detail = "https://example.org/demo?x=1" },
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Custom, EventName = "Webinar Missed" },
                new Activity { ContactId = contact, Kind = Activity.Types.Kind.Custom, EventName = "Webinar Attended" },
            },
        });

        foreach (var workflow in new[] { clicked, opened, attended })
        {
            await crm.WaitForRunAsync(workflow, contact, State.Completed);
        }
    }

    [Fact]
    public async Task A_change_that_asks_for_no_workflows_starts_none()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead", "Marker");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync("{name: W, triggers: [{tag: {any: true}}], nodes: [{id: done, end: {}}]}");

        await crm.Apps.Tags.AddTagsAsync(new() { Account = crm.Name, ContactId = contact, TagNames = { "Hot Lead" }, SkipWorkflows = true });
        await crm.AddTagAsync(contact, "Marker");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Equal("done", run.NodeId);
    }
}
