using System.Globalization;

namespace TagSegments.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The size of the generated account.</summary>
    public int Contacts { get; init; } = 1_000_000;

    /// <summary>The seed of the generated data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How often each measurement is repeated, in turns with those it is compared with.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Prints one JSON document instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>Reads <c>--contacts N --seed S --rounds R --output json</c>; throws <see cref="FormatException"/> for anything else.</summary>
    public static BenchmarkOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--contacts" => options with { Contacts = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--output" => options with { Json = args[i + 1] == "json" },
                _ => throw new FormatException($"Unknown option {args[i]}."),
            };
        }

        return args.Length % 2 == 0 ? options : throw new FormatException($"The option {args[^1]} has no value.");
    }
}
