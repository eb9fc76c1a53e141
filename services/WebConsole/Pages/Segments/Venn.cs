namespace TagSegments.WebConsole.Pages.Segments;

/// <summary>A circle of a picture of sets.</summary>
public sealed record Circle(double X, double Y, double Radius);

/// <summary>
/// Draws two or three sets as circles: each has the area of its size, and each two share the area of what they have in common. Three circles cannot always
/// share all areas exactly, so the numbers stand beside the picture.
/// </summary>
public static class Venn
{
    private const int Steps = 60;

    /// <summary>Draws sets of these sizes; <paramref name="common"/> has what each pair shares: the first and second, the first and third, the second and third.</summary>
    public static IReadOnlyList<Circle> Draw(IReadOnlyList<int> sizes, IReadOnlyList<int> common)
    {
        var radii = sizes.Select(size => Math.Sqrt(size / Math.PI)).ToArray();
        var first = new Circle(0, 0, radii[0]);
        if (sizes.Count == 1)
            return [first];

        var between = Distance(radii[0], radii[1], common[0]);
        var second = new Circle(between, 0, radii[1]);
        if (sizes.Count == 2)
            return [first, second];

        var (toFirst, toSecond) = (Distance(radii[0], radii[2], common[1]), Distance(radii[1], radii[2], common[2]));
        // Where the three distances make no triangle, the third lies on the line of the others.
        var x = between == 0 ? toFirst : ((between * between) + (toFirst * toFirst) - (toSecond * toSecond)) / (2 * between);
        x = Math.Clamp(x, -toFirst, toFirst);
        return [first, second, new(x, Math.Sqrt(Math.Max(0, (toFirst * toFirst) - (x * x))), radii[2])];
    }

    /// <summary>Gets the area that two circles share.</summary>
    public static double Shared(double a, double b, double distance)
    {
        if (distance >= a + b)
            return 0;
        var less = Math.Min(a, b);
        if (distance <= Math.Abs(a - b))
            return Math.PI * less * less;

        var angleA = Math.Acos(Math.Clamp(((distance * distance) + (a * a) - (b * b)) / (2 * distance * a), -1, 1));
        var angleB = Math.Acos(Math.Clamp(((distance * distance) + (b * b) - (a * a)) / (2 * distance * b), -1, 1));
        return (a * a * (angleA - (Math.Sin(2 * angleA) / 2))) + (b * b * (angleB - (Math.Sin(2 * angleB) / 2)));
    }

    // The nearer two circles are, the more they share. Sets with nothing in common stand apart, and one within another touches no edge of it.
    private static double Distance(double a, double b, int common)
    {
        var (near, far) = (Math.Abs(a - b), a + b);
        if (common == 0)
            return far * 1.08;
        for (var i = 0; i < Steps; i++)
        {
            var middle = (near + far) / 2;
            (near, far) = Shared(a, b, middle) > common ? (middle, far) : (near, middle);
        }

        return near;
    }
}
