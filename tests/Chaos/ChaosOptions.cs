using System.Globalization;

namespace TagSegments.Chaos;

/// <summary>The options of the command line.</summary>
internal sealed record ChaosOptions
{
    /// <summary>How many processes are killed, or replaced.</summary>
    public int Kills { get; init; } = 100;

    /// <summary>How many histories are played.</summary>
    public int Histories { get; init; } = 10_000;

    /// <summary>How many hostile requests are sent.</summary>
    public int Requests { get; init; } = 100_000;

    /// <summary>How many minutes a soak lasts.</summary>
    public double Minutes { get; init; } = 60;

    /// <summary>The seed of every choice: the process to kill, the time, and the load.</summary>
    public int Seed { get; init; } = Environment.TickCount & 0xFFFF;

    /// <summary>A folder with the programs of a former version, which the scenario <c>roll</c> replaces by this one; null for this version alone.</summary>
    public string? Old { get; init; }

    /// <summary>By how many times a target of time may be missed, on a machine that does other things as well.</summary>
    public double Slack { get; init; } = 1;

    /// <summary>Breaks something on purpose, to see that the scenario finds it; <c>all</c> for every mutant, <c>one</c> for the one that the seed chooses, null for the real product.</summary>
    public string? Mutant { get; init; }

    /// <summary>Prints one JSON document instead of lines.</summary>
    public bool Json { get; init; }

    /// <summary>Reads <c>--kills N --histories N --requests N --minutes N --old FOLDER --slack N --seed S --mutant NAME|one|all --output json</c>; throws <see cref="FormatException"/> for anything else.</summary>
    public static ChaosOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ChaosOptions();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--kills" => options with { Kills = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--histories" => options with { Histories = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--requests" => options with { Requests = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--minutes" => options with { Minutes = double.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--slack" => options with { Slack = double.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--old" => options with { Old = Path.GetFullPath(args[i + 1]) },
                "--mutant" => options with { Mutant = args[i + 1] },
                "--output" => options with { Json = args[i + 1] == "json" },
                _ => throw new FormatException($"Unknown option {args[i]}."),
            };
        }

        return args.Length % 2 == 0 ? options : throw new FormatException($"The option {args[^1]} has no value.");
    }
}
