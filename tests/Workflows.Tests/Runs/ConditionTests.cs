using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class ConditionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Branches = """
        name: W
        triggers: [{tag: {tags: [Start]}}]
        nodes:
        - id: way
          branch:
            branches:
            - {name: Important, when: 'has tag "VIP" AND language = "de"', next: vip}
            - {name: Not a partner, when: 'has none of tags ("Partner", "VIP")', next: plain}
            otherwise: rest
        - {id: vip, end: {}}
        - {id: plain, end: {}}
        - {id: rest, end: {}}
        """;

    [Theory]
    [InlineData("de", new[] { "VIP" }, "vip", "Important: ")]
    [InlineData("en", new string[0], "plain", "Not a partner: ")]
    [InlineData("en", new[] { "VIP" }, "rest", "otherwise: ")]
    public async Task A_contact_goes_the_way_of_the_first_condition_that_it_meets(string language, string[] tags, string end, string detail)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "VIP", "Partner");
        var contact = await crm.NewContactAsync(new Contact { Language = language }, tags);
        var workflow = await crm.PublishAsync(Branches);

        await crm.AddTagAsync(contact, "Start");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Equal(end, run.NodeId);
        Assert.StartsWith(detail, (await crm.HistoryAsync(run))[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_a_condition_ends_when_the_contact_meets_it()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Paid", "Thanked");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: pay, wait: {until: {condition: has tag "Paid", timeout: 3 days, on_timeout: remind}}, next: thank}
            - {id: thank, add_tag: {tag: Thanked}}
            - {id: remind, end: {}}
            """);
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);

        await crm.AddTagAsync(contact, "Paid");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Equal(["pay", "pay", "thank"], (await crm.HistoryAsync(run)).Select(step => step.NodeId));
    }

    [Fact]
    public async Task A_wait_for_a_condition_that_is_met_already_is_over_at_once()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(
            "{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: wait, wait: {until: {condition: has tag \"Start\"}}}]}");

        await crm.AddTagAsync(contact, "Start");

        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    [Fact]
    public async Task A_contact_that_reaches_a_goal_while_it_waits_is_done()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "Customer");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            goals: [has tag "Customer"]
            nodes:
            - {id: pause, wait: {period: 30 days}, next: nag}
            - {id: nag, remove_tag: {tag: Start}}
            """);
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Waiting);

        await crm.AddTagAsync(contact, "Customer");

        var run = await crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.Equal("pause", run.NodeId);
        Assert.Equal("goal reached: has tag \"Customer\"", (await crm.HistoryAsync(run))[^1].Detail);
    }

    [Fact]
    public async Task A_simulation_tells_the_way_with_reasons_and_does_nothing()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start", "VIP", "Partner", "Thanked");
        var contact = await crm.NewContactAsync(null, "VIP");
        var workflow = await crm.CreateAsync("""
            name: W
            nodes:
            - {id: pause, wait: {period: 2 days}, next: way}
            - id: way
              branch:
                branches: [{name: Partner, when: has tag "Partner", next: done}, {name: Important, when: has tag "VIP", next: vip}]
            - {id: vip, add_tag: {tag: VIP}, next: thank}
            - {id: thank, add_tag: {tag: Thanked}, next: done}
            - {id: done, end: {}}
            """);

        var simulation = await crm.Apps.Workflows.SimulateWorkflowAsync(
            new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, ContactId = contact });

        Assert.Equal("completed", simulation.Ending);
        Assert.Equal(["pause", "way", "vip", "thank", "done"], simulation.Steps.Select(step => step.NodeId));
        Assert.Equal([false, true], simulation.Steps[1].Explanations.Select(explanation => explanation.Matches));
        Assert.Equal("the contact has the tag already", simulation.Steps[2].Detail);
        Assert.Equal(48, (simulation.Steps[1].Time - simulation.Steps[0].Time).ToTimeSpan().TotalHours, precision: 3);
        Assert.Equal(["VIP"], await crm.TagsOfAsync(contact));
        Assert.Equal("starts", simulation.Entry);
        Assert.Empty(await crm.RunsAsync(workflow));
    }

    [Fact]
    public async Task A_simulation_tells_whether_the_contact_may_start_at_all()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Start");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync("{name: W, reentry: once_ever, triggers: [{tag: {tags: [Start]}}], nodes: [{id: done, end: {}}]}");
        await crm.AddTagAsync(contact, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Completed);

        var simulation = await crm.Apps.Workflows.SimulateWorkflowAsync(
            new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, ContactId = contact });

        Assert.Equal("the contact has been through the workflow", simulation.Entry);
    }
}
