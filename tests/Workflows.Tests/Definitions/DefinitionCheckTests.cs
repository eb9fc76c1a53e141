using Crm.Workflows.V1;
using Google.Rpc;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Tests.Definitions;

public sealed class DefinitionCheckTests
{
    [Theory]
    [InlineData("nodes: []", "nodes")]
    [InlineData("nodes: [{id: A, end: {}}]", "nodes[0].id")]
    [InlineData("nodes: [{id: a, end: {}}, {id: a, end: {}}]", "nodes[1].id")]
    [InlineData("nodes: [{id: a}]", "nodes[0]")]
    [InlineData("nodes: [{id: a, add_tag: {tag: x}, next: b}]", "nodes[0].next")]
    [InlineData("nodes: [{id: a, end: {}, next: a}]", "nodes[0].next")]
    [InlineData("nodes: [{id: a, add_tag: {}}]", "nodes[0].add_tag")]
    [InlineData("nodes: [{id: a, wait: {}}]", "nodes[0].wait")]
    [InlineData("nodes: [{id: a, wait: {period: 0 days}}]", "nodes[0].wait.period.count")]
    [InlineData("nodes: [{id: a, wait: {time_of_day: {time: '25:00', weekdays: [8], zone: Mars}}}]", "nodes[0].wait.time_of_day.time")]
    [InlineData("nodes: [{id: a, wait: {moment: {time: '2026-02-30T09:00'}}}]", "nodes[0].wait.moment.time")]
    [InlineData("nodes: [{id: a, wait: {moment: {time: '2026-12-24T09:00', zone: Mars}}}]", "nodes[0].wait.moment.zone")]
    [InlineData("nodes: [{id: a, wait: {until: {on_timeout: z}}}]", "nodes[0].wait.until.condition")]
    [InlineData("nodes: [{id: a, wait: {until: {condition: has a tag, on_timeout: z}}}]", "nodes[0].wait.until.on_timeout")]
    [InlineData("nodes: [{id: a, end: {}}]\ngoals: [{}]", "goals[0]")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{segment_entered: {}}]", "triggers[0].segment_entered")]
    [InlineData("nodes: [{id: a, branch: {branches: []}}]", "nodes[0].branch.branches")]
    [InlineData("nodes: [{id: a, branch: {branches: [{when: has a tag, next: z}]}}]", "nodes[0].branch.branches[0].next")]
    [InlineData("nodes: [{id: a, branch: {branches: [{next: ''}]}}]", "nodes[0].branch.branches[0].when")]
    [InlineData("nodes: [{id: a, send_message: {text: hi}}]", "nodes[0].send_message.subject")]
    [InlineData("nodes: [{id: a, notify: {message: hi}}]", "nodes[0].notify")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{tag: {}}]", "triggers[0].tag")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{activity: {kind: custom}}]", "triggers[0].activity.event_name")]
    [InlineData("nodes: [{id: a, end: {}}]\ntriggers: [{}]", "triggers[0]")]
    public void A_fault_of_the_definition_is_reported_with_its_path(string yaml, string path) =>
        Assert.Contains(Faults(yaml), fault => fault.Field == path);

    [Fact]
    public void A_circle_without_a_wait_is_shown_with_its_way()
    {
        var faults = Faults("nodes: [{id: a, add_tag: {tag: x}, next: b}, {id: b, remove_tag: {tag: x}, next: a}]");

        Assert.Contains(faults, fault => fault.Description.Contains("a > b > a", StringComparison.Ordinal));
    }

    [Fact]
    public void A_circle_with_a_wait_is_fine() =>
        Assert.Empty(Faults("nodes: [{id: a, add_tag: {tag: x}, next: b}, {id: b, wait: {period: 1 day}, next: a}]"));

    [Fact]
    public void A_node_that_no_way_leads_to_is_reported()
    {
        var faults = Faults("nodes: [{id: a, end: {}}, {id: b, add_tag: {tag: x}, next: a}]");

        Assert.Equal(["nodes[1]"], faults.Select(fault => fault.Field));
    }

    [Fact]
    public void Finding_1_a_chain_of_a_hundred_thousand_nodes_is_refused_and_ends_no_process()
    {
        var definition = new Definition
        {
            Nodes = { Enumerable.Range(0, 100_000).Select(i => new Node { Id = $"{i}", Next = $"{i + 1}", AddTag = new() { Tag = "x" } }) },
        };
        var faults = new Faults("");

        DefinitionCheck.Check(definition, faults);

        Assert.Equal(["nodes: needs 1 to 1,000 nodes"], faults.Texts);
    }

    private static IReadOnlyList<BadRequest.Types.FieldViolation> Faults(string yaml)
    {
        var (workflow, places) = YamlReader.Read(yaml);
        var faults = new Faults("", places.Find);
        DefinitionCheck.Check(workflow.Definition, faults);
        return Record.Exception(faults.ThrowIfAny) is RpcException error ? new Failure(error).Violations : [];
    }
}
