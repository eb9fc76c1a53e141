using Crm.Workflows.V1;
using TagSegments.WebConsole.Pages.Workflows;

namespace TagSegments.WebConsole.Tests;

/// <summary>A workflow as a picture: every node at a place of its own, below all that lead to it.</summary>
public sealed class WorkflowGraphTests
{
    [Fact]
    public void Each_node_is_below_those_that_lead_to_it()
    {
        var graph = WorkflowGraph.Of(new Definition
        {
            Nodes =
            {
                new Node { Id = "where", Branch = new() { Branches = { new Branch { Name = "Austria", Next = "vienna" } }, Otherwise = "berlin" } },
                new Node { Id = "vienna", Next = "end", AddTag = new() { Tag = "A" } },
                new Node { Id = "berlin", Next = "vienna", AddTag = new() { Tag = "B" } },
                new Node { Id = "end", End = new() },
            },
        });

        Assert.Equal(["where:0", "vienna:2", "berlin:1", "end:3"], graph.Boxes.Select(box => $"{box.Node.Id}:{box.Layer}"));
        Assert.Equal(["where>vienna", "where>berlin", "vienna>end", "berlin>vienna"], graph.Ways.Select(way => $"{way.From.Node.Id}>{way.To.Node.Id}"));
    }

    [Fact]
    public void A_circle_is_drawn_too()
    {
        var graph = WorkflowGraph.Of(new Definition
        {
            Nodes = { new Node { Id = "a", Next = "b", End = new() }, new Node { Id = "b", Next = "a", End = new() }, new Node { Id = "c", Next = "missing", End = new() } },
        });

        Assert.Equal(3, graph.Boxes.Select(box => (box.X, box.Y)).Distinct().Count());
        Assert.Equal(2, graph.Ways.Count);
    }

    [Fact]
    public void A_chain_of_a_thousand_nodes_is_no_stack_overflow()
    {
        var chain = Enumerable.Range(0, 1_000).Select(i => new Node { Id = $"n{i}", Next = i < 999 ? $"n{i + 1}" : "", End = new() });

        Assert.Equal(999, WorkflowGraph.Of(new Definition { Nodes = { chain } }).Boxes.Max(box => box.Layer));
    }
}
