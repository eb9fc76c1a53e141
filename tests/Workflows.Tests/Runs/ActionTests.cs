using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class ActionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Tags_are_added_and_removed_and_each_step_is_in_the_history()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Customer", "Trial");
        var contact = await crm.NewContactAsync(null, "Trial");
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: up, add_tag: {tag: Customer}, next: down}
            - {id: down, remove_tag: {tag: Trial}, next: again}
            - {id: again, add_tag: {tag: Customer}, next: done}
            - {id: done, end: {}}
            """);

        await crm.AddTagAsync(contact, "Start");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Equal(["Customer", "Start"], await crm.TagsOfAsync(contact));
        var steps = await crm.HistoryAsync(run);
        Assert.Equal(["up", "down", "again", "done"], steps.Select(step => step.NodeId));
        Assert.Equal([Outcome.Done, Outcome.Done, Outcome.Skipped, Outcome.Done], steps.Select(step => step.Outcome));
        Assert.Equal("add tag \"Customer\"", steps[0].Input);
        Assert.Equal("the contact has the tag already", steps[2].Detail);
    }

    [Fact]
    public async Task A_wait_lets_its_time_pass_and_then_goes_on()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Later");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: pause, wait: {period: 2 days}, next: mark}, {id: mark, add_tag: {tag: Later}}]}");
        await crm.AddTagAsync(contact, "Start");

        var waiting = await crm.WaitForRunAsync(workflow, contact, State.Waiting);
        Assert.InRange((waiting.DueTime - waiting.StartTime).ToTimeSpan().TotalHours, 47.9, 48.1);
        await Clock.MakeDueAsync(crm.Apps, waiting);

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Contains("Later", await crm.TagsOfAsync(contact));
        Assert.Equal([Outcome.Waiting, Outcome.Done, Outcome.Done], (await crm.HistoryAsync(run)).Select(step => step.Outcome));
    }

    [Fact]
    public async Task A_field_is_set_and_cleared()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        await crm.Apps.Fields.CreateFieldAsync(
            new() { Account = crm.Name, Field = new() { Key = "score", Type = Field.Types.Type.Number, Target = Field.Types.Target.Contact } });
        var contact = await crm.NewContactAsync(new Contact { FirstName = "Ada", LastName = "Byron" });
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: score, set_field: {field: score, value: '12.5'}, next: name}
            - {id: name, set_field: {field: last_name, value: Lovelace}, next: clear}
            - {id: clear, set_field: {field: first_name}}
            """);

        await crm.AddTagAsync(contact, "Start");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
        var after = (await crm.Apps.Contacts.GetContactAsync(new() { Account = crm.Name, ContactId = contact })).Contact;
        Assert.Equal(12.5, after.Fields.Fields["score"].NumberValue);
        Assert.Equal(("", "Lovelace"), (after.FirstName, after.LastName));
    }

    [Fact]
    public async Task An_opportunity_is_moved_or_created()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var pipeline = (await crm.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = crm.Name,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Qualified Lead" } } },
        })).Pipeline;
        var (with, without) = (await crm.NewContactAsync(), await crm.NewContactAsync());
        await crm.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = crm.Name,
            Opportunity = new() { ContactId = with, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId },
        });
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes: [{id: move, move_opportunity: {pipeline: Sales, stage: Qualified Lead, create_name: Demo}}]
            """);

        foreach (var contact in new[] { with, without })
        {
            await crm.AddTagAsync(contact, "Start");
            await crm.WaitForRunAsync(workflow, contact, State.Completed);
            var listed = await crm.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = crm.Name, ContactId = contact });
            var opportunity = Assert.Single(listed.Opportunities);
            Assert.Equal(pipeline.Stages[1].StageId, opportunity.StageId);
        }
    }

    [Fact]
    public async Task A_step_to_another_workflow_enrols_the_contact_there()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Arrived");
        var contact = await crm.NewContactAsync();
        var target = await crm.PublishAsync("{name: Target, nodes: [{id: mark, add_tag: {tag: Arrived}}]}");
        var start = await crm.PublishAsync(
            "{name: Start, triggers: [{tag: {tags: [Start]}}], nodes: [{id: go, go_to_workflow: {workflow: Target}}]}");

        await crm.AddTagAsync(contact, "Start");

        var first = await crm.WaitForRunAsync(start, contact, State.Completed);
        var second = await crm.WaitForRunAsync(target, contact, State.Completed);
        Assert.Equal($"run/{first.RunId}/1", second.EventId);
        Assert.Equal([start.WorkflowId], second.Cause.WorkflowChain);
        Assert.Contains("Arrived", await crm.TagsOfAsync(contact));
    }
}
