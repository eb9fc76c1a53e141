using TagSegments.Testing;

namespace TagSegments.Segments.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public void No_two_namespaces_refer_to_each_other() =>
        Assert.Empty(NamespaceGraph.Circles(NamespaceGraph.Of(typeof(SegmentsApp).Assembly)));
}
