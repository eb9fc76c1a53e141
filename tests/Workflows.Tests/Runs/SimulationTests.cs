using Crm.Workflows.V1;
using TagSegments.Testing;

namespace TagSegments.Workflows.Tests.Runs;

public sealed class SimulationTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("has tag \"New\"", "add_tag: {tag: New}", true)]
    [InlineData("has all tags (\"New\", \"VIP\")", "add_tag: {tag: New}", true)]
    [InlineData("has none of tags (\"New\", \"Other\")", "add_tag: {tag: New}", false)]
    [InlineData("NOT has tag \"New\"", "add_tag: {tag: New}", false)]
    [InlineData("has tag starting with \"Ne\"", "add_tag: {tag: New}", true)]
    [InlineData("in segment \"Newcomers\"", "add_tag: {tag: New}", true)]
    [InlineData("in segment \"Newcomers\" AND has tag \"VIP\"", "remove_tag: {tag: VIP}", false)]
    [InlineData("has no tag", "remove_tag: {tag: VIP}", true)]
    [InlineData("has tag \"VIP\" OR country = \"AT\"", "remove_tag: {tag: VIP}", false)]
    public async Task A_branch_sees_the_tags_that_earlier_nodes_added_and_removed(string condition, string action, bool matches)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "New", "VIP", "Other");
        await crm.Apps.Segments.CreateSegmentAsync(new() { Account = crm.Name, Segment = new() { Name = "Newcomers" }, Text = "has tag \"New\"" });
        await crm.Apps.Fields.CreateFieldAsync(
            new() { Account = crm.Name, Field = new() { Key = "country", Type = Crm.Contacts.V1.Field.Types.Type.Text, Target = Crm.Contacts.V1.Field.Types.Target.Contact } });
        var contact = await crm.NewContactAsync(null, "VIP");

        var simulation = await SimulateAsync(crm, contact, condition, action);

        Assert.Equal(matches ? "yes" : "no", simulation.Steps[^1].NodeId);
        Assert.Equal(matches, Assert.Single(simulation.Steps[1].Explanations).Matches);
        Assert.DoesNotContain("without the effect", simulation.Steps[1].Detail, StringComparison.Ordinal);
        Assert.Equal(["VIP"], await crm.TagsOfAsync(contact));
    }

    [Theory]
    [InlineData("language = \"en\"", "set_field: {field: language, value: en}", "set language to \"en\"")]
    [InlineData("NOT sent email in last 7 days", "send_message: {subject: Hello, text: Hello}", "send e-mail \"Hello\"")]
    public async Task A_simulation_says_what_its_conditions_do_not_see(string condition, string action, string unseen)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var contact = await crm.NewContactAsync(new() { Language = "de" });

        var simulation = await SimulateAsync(crm, contact, condition, action);

        Assert.EndsWith($"; without the effect of: {unseen}", simulation.Steps[1].Detail, StringComparison.Ordinal);
    }

    private static async Task<SimulateWorkflowResponse> SimulateAsync(WorkflowAccount crm, int contact, string condition, string action)
    {
        var workflow = await crm.CreateAsync($$"""
            name: W
            nodes:
            - {id: act, {{action}}, next: way}
            - id: way
              branch: {branches: [{when: '{{condition}}', next: 'yes'}], otherwise: 'no'}
            - {id: 'yes', end: {} }
            - {id: 'no', end: {} }
            """);
        return await crm.Apps.Workflows.SimulateWorkflowAsync(new() { Account = crm.Name, WorkflowId = workflow.WorkflowId, ContactId = contact });
    }
}
