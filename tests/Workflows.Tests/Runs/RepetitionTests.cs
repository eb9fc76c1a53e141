using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Actions whose answer was lost are carried out again, and have one effect for each run and node.</summary>
public sealed class RepetitionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task What_a_run_did_is_not_done_again_when_its_answers_were_lost()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Mark");
        await NewPipelineAsync(crm);
        var target = await crm.PublishAsync("{name: Target, nodes: [{id: done, end: {}}]}");
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: mark, add_tag: {tag: Mark}, next: field}
            - {id: field, set_field: {field: language, value: en}, next: sale}
            - {id: sale, move_opportunity: {pipeline: Sales, stage: Demo, create_name: From the web}, next: mail}
            - {id: mail, send_message: {subject: Hello, text: Hello}, next: go}
            - {id: go, go_to_workflow: {workflow: Target}}
            """);
        var contact = await crm.NewContactAsync(new Contact { Email = $"{crm.Name}@example.org" }, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        var before = await EffectsAsync(crm, contact);

        // A change that somebody makes meanwhile stays.
        await crm.RemoveTagAsync(contact, "Mark");
        await Clock.ForgetAsync(crm.Apps, run, "mark");
        await crm.WaitForRunAsync(workflow, contact, State.Completed);

        Assert.Equal((1, 1, 1), before);
        Assert.Equal(before, await EffectsAsync(crm, contact));
        Assert.Equal(["Start"], await crm.TagsOfAsync(contact));
        Assert.Single(await crm.RunsAsync(target, contact));
    }

    [Fact]
    public async Task An_opportunity_that_was_moved_stays_the_one_when_another_one_was_opened_before_the_repetition()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var pipeline = await NewPipelineAsync(crm);
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: sale, move_opportunity: {pipeline: Sales, stage: Demo}}]}");
        var contact = await crm.NewContactAsync();
        var first = await NewOpportunityAsync(crm, contact, pipeline);
        await crm.AddTagAsync(contact, "Start");
        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);

        var second = await NewOpportunityAsync(crm, contact, pipeline);
        await Clock.ForgetAsync(crm.Apps, run, "sale");
        run = await crm.WaitForRunAsync(workflow, contact, State.Completed);

        Assert.Equal($"moved opportunity {first}", Assert.Single(await crm.HistoryAsync(run)).Detail);
        var listed = (await crm.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = crm.Name, ContactId = contact })).Opportunities;
        Assert.Equal(
            [(first, pipeline.Stages[1].StageId), (second, pipeline.Stages[0].StageId)],
            listed.Select(opportunity => (opportunity.OpportunityId, opportunity.StageId)));
    }

    private static async Task<(int Tags, int Opportunities, int Messages)> EffectsAsync(WorkflowAccount crm, int contact)
    {
        var events = await crm.Apps.Tags.ListTagEventsAsync(new() { Account = crm.Name, ContactId = contact });
        var opportunities = await crm.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = crm.Name, ContactId = contact });
        var messages = await Clock.ScalarAsync<long>(
            crm.Apps, "SELECT count(*) FROM campaigns.single_message WHERE account_name = $1", crm.Name);
        return (
            events.Events.Count(e => e.Cause.Kind is Crm.Common.V1.Cause.Types.Kind.Workflow),
            opportunities.Opportunities.Count,
            (int)messages);
    }

    private static async Task<Pipeline> NewPipelineAsync(WorkflowAccount crm) => (await crm.Apps.Opportunities.CreatePipelineAsync(new()
    {
        Account = crm.Name,
        Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Demo" } } },
    })).Pipeline;

    private static async Task<int> NewOpportunityAsync(WorkflowAccount crm, int contact, Pipeline pipeline) =>
        (await crm.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = crm.Name,
            Opportunity = new() { ContactId = contact, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId },
        })).Opportunity.OpportunityId;
}
