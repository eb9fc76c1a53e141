using System.Diagnostics;
using System.Globalization;
using TagSegments.Testing;
using TagSegments.WebConsole.Tests;

namespace TagSegments.Benchmarks.WebConsole;

/// <summary>
/// The console in a real Chromium on loopback, before an account of <c>--contacts</c>, on the contacts page and in the builder of segments: the first
/// meaningful paint (the first row, the count), the count after the last key, bytes, and memory of a session.
/// </summary>
internal static class ConsoleSuite
{
    private const int Sessions = 20;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        if (Browser.Program is null)
            throw new InvalidOperationException("There is no Chromium on this machine: install it, or name its program in CHROMIUM.");

        var watch = Stopwatch.StartNew();
        await using var apps = await TestApps.StartAsync();
        var account = await BigAccount.CreateAsync(apps, options.Contacts);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"The account was written in {watch.Elapsed.TotalSeconds:N0} s."));
        var contacts = new Place($"/{account}/contacts", ".contact-table td a", ".count strong");
        var builder = new Place($"/{account}/segments/new", ".audience .count-of", ".count-of");
        await using var console = await ConsoleProcess.StartAsync(apps);
        var browser = new Browser();
        await browser.InitializeAsync();
        try
        {
            await using (await Visit.ToAsync(browser, console.Address, contacts))
            await using (await Visit.ToAsync(browser, console.Address, builder))
            {
                // The first visit of a program that has just started is nobody's usual one.
            }

            await PaintsAsync(options, report, "contacts", browser, console.Address, contacts);
            await PaintsAsync(options, report, "builder", browser, console.Address, builder);
            var numbers = Numbers(options);
            await KeysAsync(options, report, "contacts", browser, console.Address, contacts, numbers);
            await KeysAsync(options, report, "builder", browser, console.Address, builder, numbers);
            await SessionsAsync(report, "contacts", browser, console, contacts);
            await SessionsAsync(report, "builder", browser, console, builder);
        }
        finally
        {
            await browser.DisposeAsync();
        }
    }

    private static async Task PaintsAsync(BenchmarkOptions options, Report report, string name, Browser browser, Uri address, Place place)
    {
        var (cold, warm) = (new List<Visit>(), new List<Visit>());
        for (var i = 0; i < options.Rounds; i++)
        {
            await using var visit = await Visit.ToAsync(browser, address, place);
            cold.Add(visit);
            warm.Add(await visit.AgainAsync());
        }

        report.AtMost($"{name}: first paint, cold", Median(cold.Select(visit => visit.Milliseconds)), "limit", 2_000, "ms", 1);
        report.AtMost($"{name}: first paint, warm", Median(warm.Select(visit => visit.Milliseconds)), "limit", 1_000, "ms", 1);
        report.Compare($"{name}: bytes, warm", Median(warm.Select(visit => visit.Bytes / 1_000.0)), "cold", Median(cold.Select(visit => visit.Bytes / 1_000.0)), "kB");
    }

    private static async Task KeysAsync(BenchmarkOptions options, Report report, string name, Browser browser, Uri address, Place place, Queue<int> numbers)
    {
        await using var visit = await Visit.ToAsync(browser, address, place);
        var (tags, scores) = (new List<double>(), new List<double>());
        await visit.WriteAsync("has tag \"VIP\" AND country = \"A\"");
        for (var i = 0; i < options.Rounds; i++)
            tags.Add(await visit.CountAfterAsync("country = \"AT\" AND NOT has tag \"VIP\"".Insert(0, i % 2 == 0 ? "NOT " : "")));
        for (var i = 0; i < options.Rounds; i++)
            scores.Add(await visit.CountAfterAsync(string.Create(CultureInfo.InvariantCulture, $"lead_score > {numbers.Dequeue()}")));
        report.AtMost($"{name}: count after the last key, tag and country", Median(tags), "limit", 150, "ms", 1);
        report.AtMost($"{name}: count after the last key, another number each time", Median(scores), "limit", 150, "ms", 1);
    }

    // No number comes twice: the answer of the first time is kept.
    private static Queue<int> Numbers(BenchmarkOptions options)
    {
        var numbers = Enumerable.Range(10, 90).ToArray();
        new Random(options.Seed).Shuffle(numbers);
        return new Queue<int>(numbers);
    }

    private static async Task SessionsAsync(Report report, string name, Browser browser, ConsoleProcess console, Place place)
    {
        var before = Resident(console.Id);
        var visits = new List<Visit>();
        for (var i = 0; i < Sessions; i++)
            visits.Add(await Visit.ToAsync(browser, console.Address, place));
        report.AtMost($"{name}: memory of an open session", (Resident(console.Id) - before) / Sessions, "limit", 4, "MB", 1);
        foreach (var visit in visits)
            await visit.DisposeAsync();
    }

    // What the system holds in memory for a process, in megabytes.
    private static double Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1_024;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
