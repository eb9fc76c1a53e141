using System.Globalization;

namespace TagSegments.Testing;

/// <summary>
/// The seeds of tests that draw at random. They are the same each time, so that a finding does not stop an unrelated change, and a wrong variant
/// that was caught once is caught again. TEST_SEED chooses another one for all of them; <c>random</c> draws one at each start.
/// </summary>
public static class Seed
{
    private const int Usual = 20_261_130;

    /// <summary>The seed of all tests.</summary>
    public static int Value { get; } = Environment.GetEnvironmentVariable("TEST_SEED") switch
    {
        null or "" => Usual,
        "random" => Random.Shared.Next(1_000_000_000),
        var given => int.Parse(given, CultureInfo.InvariantCulture),
    };
}
