using Crm.Segments.V1;
using Crm.Workflows.V1;
using CsCheck;
using TagSegments.Workflows.Publication;
using TagSegments.Workflows.Tests.Runs;

namespace TagSegments.Workflows.Tests.Publication;

/// <summary>The search for loops at publication agrees with brute force on workflows at random.</summary>
public sealed class RandomLoopTests
{
    private const int Tags = 5;

    [Fact]
    public void The_search_finds_a_loop_exactly_where_brute_force_does() =>
        Gen.Int.Sample(seed => Disagreements(seed, Find) == 0, iter: 3_000);

    [Fact]
    public void A_path_that_is_shown_leads_from_the_workflow_back_to_it() => Gen.Int.Sample(
        seed =>
        {
            var all = All(seed);
            return all.All(workflow => Find([.. all.Where(other => other != workflow)], workflow).All(path =>
                path.StartsWith($"{workflow.Name} > ", StringComparison.Ordinal) && path.EndsWith($" > {workflow.Name}", StringComparison.Ordinal)));
        },
        iter: 1_000);

    /// <summary>The comparison is worth something: it finds searches that forget one kind of way.</summary>
    [Theory]
    [InlineData("ways over others")]
    [InlineData("removed tags")]
    [InlineData("steps to other workflows")]
    public void A_search_that_forgets_something_disagrees(string what)
    {
        Func<IReadOnlyList<Workflow>, Workflow, IReadOnlyList<string>> wrong = what switch
        {
            "ways over others" => (_, workflow) => Find([], workflow),
            "removed tags" => (others, workflow) => Find([.. others.Select(w => Without(w, n => n.RemoveTag is not null))], Without(workflow, n => n.RemoveTag is not null)),
            _ => (others, workflow) => Find([.. others.Select(w => Without(w, n => n.GoToWorkflow is not null))], Without(workflow, n => n.GoToWorkflow is not null)),
        };

        Assert.True(Enumerable.Range(0, 200).Sum(seed => Disagreements(seed, wrong)) > 0);
    }

    private static int Disagreements(int seed, Func<IReadOnlyList<Workflow>, Workflow, IReadOnlyList<string>> find)
    {
        var all = All(seed);
        return all.Count(workflow => find([.. all.Where(other => other != workflow)], workflow).Count > 0 != LoopOracle.IsInLoop(all, workflow));
    }

    private static IReadOnlyList<Workflow> All(int seed) =>
        new RandomWorkflows(seed, Tags).Make([.. Enumerable.Range(1, 1 + ((seed & 0x7FFFFFFF) % 6)).Select(i => $"workflow {i}")]);

    private static IReadOnlyList<string> Find(IReadOnlyList<Workflow> others, Workflow workflow) =>
        new LoopSearch(new Dictionary<string, Filter>(), new Dictionary<int, string>()).Find(others, workflow, CancellationToken.None);

    private static Workflow Without(Workflow workflow, Func<Node, bool> forgotten)
    {
        var copy = workflow.Clone();
        var kept = copy.Definition.Nodes.Where(node => !forgotten(node)).ToList();
        copy.Definition.Nodes.Clear();
        copy.Definition.Nodes.Add(kept);
        return copy;
    }
}
