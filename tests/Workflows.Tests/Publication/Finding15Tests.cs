using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Testing.HostileTexts;
using TagSegments.Workflows.Publication;

namespace TagSegments.Workflows.Tests.Publication;

/// <summary>Finding 15: the search for loops has an end, whatever the workflows and segments of an account are, and ends with its call.</summary>
public sealed class Finding15Tests
{
    [Fact]
    public async Task Finding_15_segments_that_refer_to_segments_many_times_are_looked_at_once()
    {
        var segments = new Dictionary<string, Filter> { ["0"] = Has(1) };
        for (var level = 1; level < 32; level++)
        {
            var below = new Filter { Segment = new() { SegmentId = $"{level - 1}" } };
            segments[$"{level}"] = new Filter { AnyOf = new() { Filters = { Enumerable.Repeat(below, 100) } } };
        }

        var workflow = Workflow("W", [new Trigger { SegmentEntered = new() { SegmentId = "31", Segment = "Top" } }], [Add(2)]);

        Assert.Empty(await FindAsync(segments, [], workflow));
    }

    [Fact]
    public async Task Finding_15_segments_that_seem_to_form_a_circle_are_looked_at_once()
    {
        var segments = new Dictionary<string, Filter>
        {
            ["a"] = new() { Segment = new() { SegmentId = "b" } },
            ["b"] = new() { Negated = new() { Segment = new() { SegmentId = "a" } } },
        };

        Assert.Empty(await FindAsync(segments, [], Workflow("W", [new Trigger { SegmentEntered = new() { SegmentId = "a" } }], [Add(2)])));
    }

    [Fact]
    public async Task Finding_15_workflows_that_all_start_one_another_are_followed_once()
    {
        var any = new Trigger { Tag = new() { Any = true } };
        var workflows = Enumerable.Range(0, 30).Select(i => Workflow($"W{i}", [any], [.. Enumerable.Range(0, 300).Select(Add)])).ToList();

        var loops = await FindAsync([], workflows[1..], workflows[0]);

        Assert.Equal(100, loops.Count);
        Assert.Equal("W0 > tag \"T0\" added > W1 > tag \"T0\" added > W0", loops[0]);
    }

    [Fact]
    public void Finding_15_the_search_ends_with_its_call() => Assert.Throws<OperationCanceledException>(
        () => new LoopSearch(new Dictionary<string, Filter>(), new Dictionary<int, string>()).Find([], Workflow("W", [], [Add(1)]), new CancellationToken(canceled: true)));

    private static async Task<IReadOnlyList<string>> FindAsync(Dictionary<string, Filter> segments, IReadOnlyList<Workflow> others, Workflow workflow)
    {
        IReadOnlyList<string> loops = [];
        Assert.Null(await SmallStack.RunAsync(() => loops = new LoopSearch(segments, new Dictionary<int, string>()).Find(others, workflow, CancellationToken.None)));
        return loops;
    }

    private static Filter Has(int tagId) => new() { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { tagId } } };

    private static Node Add(int tagId) => new() { Id = $"n{tagId}", AddTag = new() { TagId = tagId, Tag = $"T{tagId}" } };

    private static Workflow Workflow(string name, Trigger[] triggers, Node[] nodes) => new()
    {
        WorkflowId = Guid.NewGuid().ToString(),
        Name = name,
        Definition = new() { Triggers = { triggers }, Nodes = { nodes } },
    };
}
