using System.Globalization;
using TagSegments.Benchmarks.Tenants;

namespace TagSegments.Benchmarks;

/// <summary>The options of the command line.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The size of the generated account.</summary>
    public int Contacts { get; init; } = 1_000_000;

    /// <summary>The number of accounts of the suite <c>tenants</c>.</summary>
    public int Accounts { get; init; } = 10_000;

    /// <summary>How long each phase of the suite <c>tenants</c> is measured.</summary>
    public TimeSpan Phase { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the big account of the suite <c>tenants</c> does at once, once for each measurement.</summary>
    public IReadOnlyList<Disturbance> Disturbances { get; init; } = [Disturbance.All];

    /// <summary>The seed of the generated data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How often each measurement is repeated, in turns with its yardsticks.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>A folder that keeps the loaded server for the next run; null for a server that is deleted after the run.</summary>
    public string? Keep { get; init; }

    /// <summary>The groups of rows to measure; empty for all.</summary>
    public IReadOnlyCollection<string> Rows { get; init; } = [];

    /// <summary>The run fails if a target is missed by more than this factor; null for a run that only prints.</summary>
    public double? Slack { get; init; }

    /// <summary>Prints one JSON document instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>Whether to measure a group of rows.</summary>
    public bool Wants(string group) => Rows.Count == 0 || Rows.Contains(group);

    /// <summary>
    /// Reads <c>--contacts N --accounts N --seconds N --disturb NAME+...,... --seed S --rounds R --keep FOLDER --rows NAME,... --slack F
    /// --output json</c>; throws <see cref="FormatException"/> for anything else.
    /// </summary>
    public static BenchmarkOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--contacts" => options with { Contacts = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--accounts" => options with { Accounts = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--seconds" => options with { Phase = TimeSpan.FromSeconds(int.Parse(args[i + 1], CultureInfo.InvariantCulture)) },
                "--disturb" => options with { Disturbances = [.. args[i + 1].Split(',').Select(Disturbance.Parse)] },
                "--slack" => options with { Slack = double.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = int.Parse(args[i + 1], CultureInfo.InvariantCulture) },
                "--keep" => options with { Keep = Path.GetFullPath(args[i + 1]) },
                "--rows" => options with { Rows = args[i + 1].Split(',') },
                "--output" => options with { Json = args[i + 1] == "json" },
                _ => throw new FormatException($"Unknown option {args[i]}."),
            };
        }

        return args.Length % 2 == 0 ? options : throw new FormatException($"The option {args[^1]} has no value.");
    }
}
