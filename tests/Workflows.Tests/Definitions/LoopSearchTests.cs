using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Tests.Definitions;

public sealed class LoopSearchTests
{
    [Fact]
    public void W6_A_loop_over_two_workflows_is_found_with_its_path()
    {
        var followUp = Workflow("Follow Up", OnAdded(1), Add(2, "Warm"));
        var nurture = Workflow("Nurture", OnAdded(2), Add(1, "Hot Lead"));

        var loops = LoopSearch.Find([followUp], nurture);

        Assert.Equal(["Nurture > tag \"Hot Lead\" added > Follow Up > tag \"Warm\" added > Nurture"], loops);
    }

    [Fact]
    public void W6_A_workflow_that_starts_itself_is_found()
    {
        var workflow = Workflow("Flag", OnRemoved(1), new Node { Id = "a", RemoveTag = new() { TagId = 1, Tag = "Flag" } });

        Assert.Equal(["Flag > tag \"Flag\" removed > Flag"], LoopSearch.Find([], workflow));
    }

    [Fact]
    public void W6_A_loop_over_a_step_to_another_workflow_and_a_prefix_is_found()
    {
        var target = Workflow("Target", new Trigger(), Add(7, "Source: Web"));
        var start = Workflow(
            "Start",
            new Trigger { Tag = new() { NamePrefix = "Source: " } },
            new Node { Id = "a", GoToWorkflow = new() { WorkflowId = target.WorkflowId, Workflow = "Target" } });

        Assert.Equal(["Start > go to workflow > Target > tag \"Source: Web\" added > Start"], LoopSearch.Find([target], start));
    }

    [Fact]
    public void W6_A_chain_that_does_not_come_back_is_no_loop()
    {
        var next = Workflow("Next", OnAdded(2), Add(3, "C"));

        Assert.Empty(LoopSearch.Find([next], Workflow("First", OnAdded(1), Add(2, "B"))));
    }

    [Fact]
    public void W6_A_loop_among_others_only_is_not_laid_at_this_one()
    {
        var ping = Workflow("Ping", OnAdded(2), Add(3, "C"));
        var pong = Workflow("Pong", OnAdded(3), Add(2, "B"));

        Assert.Empty(LoopSearch.Find([ping, pong], Workflow("First", OnAdded(1), Add(2, "B"))));
    }

    private static Workflow Workflow(string name, Trigger trigger, Node node) => new()
    {
        WorkflowId = Guid.NewGuid().ToString(),
        Name = name,
        Definition = new() { Triggers = { trigger }, Nodes = { node } },
    };

    private static Trigger OnAdded(int tagId) => new() { Tag = new() { TagIds = { tagId } } };

    private static Trigger OnRemoved(int tagId) => new() { Tag = new() { Change = TagTrigger.Types.Change.Removed, TagIds = { tagId } } };

    private static Node Add(int tagId, string tag) => new() { Id = "a", AddTag = new() { TagId = tagId, Tag = tag } };
}
