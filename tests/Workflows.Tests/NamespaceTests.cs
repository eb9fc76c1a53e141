using TagSegments.Testing;

namespace TagSegments.Workflows.Tests;

public sealed class NamespaceTests
{
    private static readonly IReadOnlyDictionary<string, HashSet<string>> s_service = NamespaceGraph.Of(typeof(WorkflowsApp).Assembly);

    [Fact]
    public void No_namespace_refers_back_to_one_that_refers_to_it() => Assert.Empty(NamespaceGraph.Circles(s_service));

    [Fact]
    public void A_reference_that_only_the_code_of_a_method_has_counts() =>
        Assert.Contains("TagSegments.Workflows.Yaml", s_service["TagSegments.Workflows.Publication"]);

    [Fact]
    public void A_circle_is_found_with_the_references_that_make_it()
    {
        var graph = new Dictionary<string, HashSet<string>> { ["A"] = ["B"], ["B"] = ["C", "D"], ["C"] = ["A"], ["D"] = [] };

        Assert.Equal(["A -> B", "B -> C", "C -> A"], NamespaceGraph.Circles(graph));
    }
}
