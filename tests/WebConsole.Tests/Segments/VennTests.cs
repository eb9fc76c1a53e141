using TagSegments.WebConsole.Pages.Segments;

namespace TagSegments.WebConsole.Tests.Segments;

/// <summary>The picture of sets: areas are numbers of contacts.</summary>
public sealed class VennTests
{
    [Theory]
    [InlineData(100, 100, 40)]
    [InlineData(1_000_000, 37, 5)]
    [InlineData(9, 4, 1)]
    public void Two_circles_have_the_areas_of_their_sets_and_share_what_they_have_in_common(int a, int b, int common)
    {
        var circles = Venn.Draw([a, b], [common]);

        Assert.Equal(a, Area(circles[0]), a * 1e-9);
        Assert.Equal(b, Area(circles[1]), b * 1e-9);
        Assert.Equal(common, Shared(circles[0], circles[1]), 1e-3);
    }

    [Fact]
    public void A_set_within_another_is_drawn_within_it_and_strangers_stand_apart()
    {
        var within = Venn.Draw([100, 25], [25]);
        Assert.True(Distance(within[0], within[1]) <= within[0].Radius - within[1].Radius + 1e-6);

        var apart = Venn.Draw([100, 25], [0]);
        Assert.True(Distance(apart[0], apart[1]) > apart[0].Radius + apart[1].Radius);
    }

    [Fact]
    public void Three_circles_share_in_pairs_what_their_sets_do()
    {
        var circles = Venn.Draw([100, 80, 60], [30, 20, 25]);

        Assert.Equal(30, Shared(circles[0], circles[1]), 1e-3);
        Assert.Equal(20, Shared(circles[0], circles[2]), 1e-3);
        Assert.Equal(25, Shared(circles[1], circles[2]), 1e-3);
    }

    [Theory]
    [InlineData(10, 10, 10, 10, 10, 10)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(100, 10, 10, 10, 10, 0)]
    [InlineData(100, 0, 50, 0, 25, 0)]
    public void Every_picture_can_be_drawn(int a, int b, int c, int ab, int ac, int bc) =>
        Assert.All(Venn.Draw([a, b, c], [ab, ac, bc]), circle => Assert.True(double.IsFinite(circle.X) && double.IsFinite(circle.Y) && double.IsFinite(circle.Radius)));

    private static double Area(Circle circle) => Math.PI * circle.Radius * circle.Radius;

    private static double Shared(Circle a, Circle b) => Venn.Shared(a.Radius, b.Radius, Distance(a, b));

    private static double Distance(Circle a, Circle b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));
}
