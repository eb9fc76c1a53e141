using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Tags.V1;
using Grpc.Health.V1;

namespace TagSegments.Benchmarks.Tags;

/// <summary>Adding one tag to one contact: alone, with many writers, and while a bulk operation runs.</summary>
internal static class SingleSpeed
{
    private const int Adds = 8_000;

    // Half a minute at full load, in which a process compiles frequent code again and again: its start, not its speed.
    private const int AddsToWarmUp = 150_000;
    private const int StepsToWarmUp = 1_000;

    public static async Task RunAsync(TagFixture ours, RowModel rows, BenchmarkOptions options, Report report)
    {
        var random = new Random(options.Seed);
        var tagIds = new int[50];
        for (var index = 0; index < tagIds.Length; index++)
        {
            tagIds[index] = await ours.NewTagAsync();
        }

        (int ContactId, int TagId) Next()
        {
            lock (random)
            {
                return (random.Next(1, options.Contacts + 1), tagIds[random.Next(tagIds.Length)]);
            }
        }

        Task AddAsync() => Next() is var (contactId, tagId) ? ours.AddAsync(contactId, tagId) : throw new UnreachableException();
        Task AddRowAsync() => Next() is var (contactId, tagId) ? rows.AddAsync(tagId, contactId) : throw new UnreachableException();

        await TogetherAsync(32, AddAsync, AddsToWarmUp);
        await AloneAsync(AddAsync, rows, () => Next().ContactId, () => ours.Health.CheckAsync(new HealthCheckRequest()).ResponseAsync, report);
        await TogetherAsync(AddAsync, AddRowAsync, options, report);
        await DuringBulkAsync(ours, AddAsync, options, report);
    }

    private static async Task AloneAsync(Func<Task> add, RowModel rows, Func<int> contact, Func<Task> call, Report report)
    {
        Func<Task>[] actions = [add, () => rows.InsertPlainAsync(contact()), () => rows.InsertPreparedAsync(contact()), call];
        var times = actions.Select(_ => new List<double>()).ToArray();

        for (var step = 0; step < StepsToWarmUp + 1_000; step++)
        {
            foreach (var (action, list) in actions.Zip(times))
            {
                var time = await TimeAsync(action);
                if (step >= StepsToWarmUp)
                {
                    list.Add(time);
                }
            }
        }

        // A call that writes cannot take less than a call and a write.
        const string yardstick = "one plain row insert with commit";
        var medians = times.Select(list => Interleaved.Median(list)).ToArray();
        var (ours, plain, prepared, empty) = (medians[0], medians[1], medians[2], medians[3]);
        report.AtMost("one add through gRPC, p50", ours, yardstick, plain, "ms", 1.5);
        report.Compare("an empty call through gRPC, p50", empty, yardstick, plain, "ms");
        report.Compare("the same add, beside what rows cost behind a call", ours, "an empty call and a plain row insert with commit", empty + plain, "ms");
        report.Compare("an empty call and a prepared insert, the floor of an add", empty + prepared, yardstick, plain, "ms");
    }

    private static async Task TogetherAsync(Func<Task> add, Func<Task> addRow, BenchmarkOptions options, Report report)
    {
        var times = await Interleaved.MedianAsync(
            Math.Min(5, options.Rounds),
            () => TogetherAsync(32, add, Adds),
            () => TogetherAsync(32, addRow, Adds),
            () => TogetherAsync(500, add, Adds));
        var rates = times.Select(milliseconds => Adds / (milliseconds / 1_000)).ToArray();
        report.AtLeast("adds/s with 32 writers", rates[0], "ungrouped row inserts with audit and clock", rates[1], "adds/s", 5);
        report.AtLeast("adds/s with 500 calls under way", rates[2], "the goal", 10_000, "adds/s", 1);
    }

    private static async Task DuringBulkAsync(TagFixture ours, Func<Task> add, BenchmarkOptions options, Report report)
    {
        var times = new ConcurrentBag<double>();
        var request = new BulkTagRequest { Account = ours.Account, ContactIds = { Enumerable.Range(1, options.Contacts) } };
        for (var round = 0; round < options.Rounds || times.Count < 400; round++)
        {
            request.AddTagIds.Clear();
            request.AddTagIds.Add(await ours.NewTagAsync());
            var bulk = ours.Tags.BulkTagAsync(request).ResponseAsync;
            while (!bulk.IsCompleted)
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => times.Add(await TimeAsync(add))));
            }

            await bulk;
        }

        var sorted = times.Order().ToArray();
        report.AtMost($"one add while all contacts are bulk-tagged, p99 of {sorted.Length}", sorted[(int)(sorted.Length * 0.99)], "the goal", 50, "ms", 1);
        report.Compare("the slowest of them", sorted[^1], "the goal", 50, "ms");
    }

    private static async Task TogetherAsync(int writers, Func<Task> action, int times)
    {
        var left = times;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await action();
            }
        }));
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
