using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Publication;

namespace TagSegments.Workflows.Tests.Publication;

public sealed class LoopSearchTests
{
    [Fact]
    public void A_loop_over_two_workflows_is_found_with_its_path()
    {
        var followUp = Workflow("Follow Up", OnAdded(1), Add(2, "Warm"));
        var nurture = Workflow("Nurture", OnAdded(2), Add(1, "Hot Lead"));

        var loops = Find([followUp], nurture);

        Assert.Equal(["Nurture > tag \"Hot Lead\" added > Follow Up > tag \"Warm\" added > Nurture"], loops);
    }

    [Fact]
    public void A_workflow_that_starts_itself_is_found()
    {
        var workflow = Workflow("Flag", OnRemoved(1), new Node { Id = "a", RemoveTag = new() { TagId = 1, Tag = "Flag" } });

        Assert.Equal(["Flag > tag \"Flag\" removed > Flag"], Find([], workflow));
    }

    [Fact]
    public void A_loop_over_a_step_to_another_workflow_and_a_prefix_is_found()
    {
        var target = Workflow("Target", new Trigger(), Add(7, "Source: Web"));
        var start = Workflow(
            "Start",
            new Trigger { Tag = new() { NamePrefix = "Source: " } },
            new Node { Id = "a", GoToWorkflow = new() { WorkflowId = target.WorkflowId, Workflow = "Target" } });

        Assert.Equal(["Start > go to workflow > Target > tag \"Source: Web\" added > Start"], Find([target], start));
    }

    [Fact]
    public void A_chain_that_does_not_come_back_is_no_loop()
    {
        var next = Workflow("Next", OnAdded(2), Add(3, "C"));

        Assert.Empty(Find([next], Workflow("First", OnAdded(1), Add(2, "B"))));
    }

    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(false, 1, false)]
    [InlineData(true, 2, false)]
    [InlineData(false, 2, true)]
    [InlineData(true, 3, false)]
    [InlineData(false, 3, true)]
    [InlineData(true, 4, true)]
    [InlineData(true, 5, false)]
    public void A_loop_over_a_segment_is_found_where_the_action_may_bring_the_contact_in(bool adds, int tagId, bool loops)
    {
        var action = new TagAction { TagId = tagId, Tag = "T" };
        var node = adds ? new Node { Id = "a", AddTag = action } : new Node { Id = "a", RemoveTag = action };
        var workflow = Workflow("W", new Trigger { SegmentEntered = new() { SegmentId = "important", Segment = "Important" } }, node);

        var found = Find([], workflow);

        var verb = adds ? "add" : "remove";
        Assert.Equal(loops ? [$"W > {verb} tag \"T\", segment \"Important\" entered > W"] : [], found);
    }

    [Theory]
    [InlineData(ActivityClause.Types.Kind.Sent, true)]
    [InlineData(ActivityClause.Types.Kind.Opened, false)]
    public void A_message_leads_to_what_happens_without_anybodys_doing(ActivityClause.Types.Kind kind, bool loops)
    {
        var workflow = Workflow(
            "W", new Trigger { Activity = new() { Kind = kind } }, new Node { Id = "a", SendMessage = new() { Subject = "Hi", Text = "Hi" } });

        Assert.Equal(loops ? ["W > message sent > W"] : [], Find([], workflow));
    }

    [Fact]
    public void A_loop_among_others_only_is_not_laid_at_this_one()
    {
        var ping = Workflow("Ping", OnAdded(2), Add(3, "C"));
        var pong = Workflow("Pong", OnAdded(3), Add(2, "B"));

        Assert.Empty(Find([ping, pong], Workflow("First", OnAdded(1), Add(2, "B"))));
    }

    private static readonly Filter s_important = new()
    {
        AllOf = new()
        {
            Filters =
            {
                Has(TagClause.Types.Match.Any, 1),
                new Filter { Negated = Has(TagClause.Types.Match.Any, 2) },
                Has(TagClause.Types.Match.None, 3),
                new Filter { Segment = new() { SegmentId = "other" } },
            },
        },
    };

    private static readonly Dictionary<string, Filter> s_segments = new() { ["important"] = s_important, ["other"] = Has(TagClause.Types.Match.All, 4) };

    private static Filter Has(TagClause.Types.Match match, int tagId) => new() { Tag = new() { Match = match, TagIds = { tagId } } };

    private static IReadOnlyList<string> Find(IReadOnlyList<Workflow> others, Workflow workflow) =>
        new LoopSearch(s_segments, new Dictionary<int, string>()).Find(others, workflow, CancellationToken.None);

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
