using TagSegments.Embedded.Postgres;

namespace TagSegments.Benchmarks;

/// <summary>
/// Runs one suite of benchmarks on a PostgreSQL of its own with durable settings, and prints its report. Ends with 1 if a target is missed by
/// more than <c>--slack</c>, with 2 for a wrong command line, otherwise with 0.
/// </summary>
internal static class BenchmarkProgram
{
    // A server for measuring: everything that makes a commit safe is on.
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["shared_buffers"] = "4GB",
        ["work_mem"] = "128MB",
        ["effective_cache_size"] = "14GB",
        ["max_wal_size"] = "16GB",
        ["max_parallel_workers_per_gather"] = "2",
        ["maintenance_work_mem"] = "1GB",
        // Processes of four services with their default pools of 100, twice.
        ["max_connections"] = "900",
    };

    public static async Task<int> RunAsync(string[] args, Dictionary<string, Func<BenchmarkOptions, Report, Task>> suites)
    {
        if (args is not [var name, ..] || !suites.TryGetValue(name, out var suite))
        {
            await Console.Error.WriteLineAsync(
                $"Usage: Benchmarks {string.Join('|', suites.Keys)} [--contacts N] [--accounts N] [--seconds N] [--disturb NAME+...,...] [--seed S] [--rounds R] [--keep FOLDER] [--rows NAME,...] [--slack F] [--output json]");
            return 2;
        }

        var options = BenchmarkOptions.Parse(args.AsSpan(1));
        var report = new Report(name, options);
        var folder = options.Keep ?? Directory.CreateTempSubdirectory("tagsegments_benchmark_").FullName;
        await using (var server = await StartServerAsync(folder))
        {
            Environment.SetEnvironmentVariable("TEST_POSTGRES", server?.ConnectionString() ?? Environment.GetEnvironmentVariable("TEST_POSTGRES"));
            await suite(options, report);
            report.Print();
        }

        if (options.Keep is null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return report.MissesATarget ? 1 : 0;
    }

    private static async Task<EmbeddedPostgres?> StartServerAsync(string folder) =>
        Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 }
            ? null
            : await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions
            {
                DataDirectory = Path.Combine(folder, "postgres"),
                Settings = s_settings,
            });
}
