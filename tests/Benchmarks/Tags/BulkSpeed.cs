using Crm.Tags.V1;

namespace TagSegments.Benchmarks.Tags;

/// <summary>Bulk-tagging by numbers through gRPC, with audit trail and feed, against COPY into a heap and against rows with audit rows.</summary>
internal static class BulkSpeed
{
    public static async Task RunAsync(TagFixture ours, RowModel rows, BenchmarkOptions options, Report report)
    {
        foreach (var count in new[] { Math.Min(100_000, options.Contacts), options.Contacts }.Distinct())
        {
            // Rows take minutes for a million contacts: once is enough to see a ratio of that size.
            var rounds = count > 100_000 ? Math.Min(3, options.Rounds) : options.Rounds;
            int[] contactIds = [.. Enumerable.Range(1, count)];
            var tagIds = new Queue<int>();
            for (var round = 0; round <= rounds; round++)
            {
                tagIds.Enqueue(await ours.NewTagAsync());
            }

            var times = await Interleaved.MedianAsync(rounds, () => BulkAsync(ours, contactIds, tagIds.Dequeue()), () => rows.CopyAsync(count));
            var insert = count > 100_000
                ? await OnceAsync(() => rows.InsertAsync(contactIds))
                : (await Interleaved.MedianAsync(Math.Min(3, rounds), () => rows.InsertAsync(contactIds)))[0];
            report.AtMost($"bulk-tag {count:N0} by ids", times[0], "binary COPY into a heap without index", times[1], "ms", 0.333);
            report.AtMost($"bulk-tag {count:N0} by ids", times[0], "INSERT ON CONFLICT with audit rows", insert, "ms", 0.0333);
        }
    }

    private static async Task BulkAsync(TagFixture ours, int[] contactIds, int tagId) =>
        await ours.Tags.BulkTagAsync(new BulkTagRequest { Account = ours.Account, ContactIds = { contactIds }, AddTagIds = { tagId } });

    private static async Task<double> OnceAsync(Func<Task> action)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        await action();
        return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
