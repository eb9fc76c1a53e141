using System.Diagnostics;
using Crm.Tags.V1;
using Grpc.Health.V1;

namespace TagSegments.Benchmarks.Tags;

/// <summary>
/// All tags of a contact against an empty call, in a library of 500 and of 10,000 tags; the audit of the latter. On an account of its own, in
/// which a contact has a dozen tags, independent of the tags of other groups of rows.
/// </summary>
internal static class LibrarySpeed
{
    // Until the process has compiled its code for good.
    private const int WarmUp = 2_000;

    private const int TagsOfContact = 12;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var ours = await TagFixture.StartAsync(options.Contacts);
        await FillAsync(ours, options, 500, options.Contacts * TagsOfContact / 500);
        await MeasureAsync(ours, options, report, 500, 2);
        await FillAsync(ours, options, 9_500, 20);
        await MeasureAsync(ours, options, report, 10_000, 4);
        await AuditAsync(ours, options, report);
    }

    private static async Task FillAsync(TagFixture ours, BenchmarkOptions options, int tags, int holders)
    {
        var random = new Random(options.Seed);
        for (var tag = 0; tag < tags; tag++)
        {
            var contactIds = Enumerable.Range(0, holders).Select(_ => random.Next(1, options.Contacts + 1)).Distinct();
            var tagId = await ours.NewTagAsync();
            await ours.Tags.BulkTagAsync(new BulkTagRequest { Account = ours.Account, ContactIds = { contactIds }, AddTagIds = { tagId } });
        }
    }

    private static async Task AuditAsync(TagFixture ours, BenchmarkOptions options, Report report)
    {
        var times = await Interleaved.MedianAsync(
            Math.Min(5, options.Rounds), () => ours.Governance.AuditTagsAsync(new AuditTagsRequest { Account = ours.Account }).ResponseAsync);
        report.AtMost("audit of a library of 10,000 tags", times[0], "the goal", 2_000, "ms", 1);
    }

    private static async Task MeasureAsync(TagFixture ours, BenchmarkOptions options, Report report, int tags, double target)
    {
        var random = new Random(options.Seed);
        var (reads, empty) = (new List<double>(), new List<double>());
        for (var step = 0; step < WarmUp + 500; step++)
        {
            var request = new BatchGetContactTagsRequest { Account = ours.Account, ContactIds = { random.Next(1, options.Contacts + 1) } };
            var start = Stopwatch.GetTimestamp();
            await ours.Tags.BatchGetContactTagsAsync(request);
            var middle = Stopwatch.GetTimestamp();
            await ours.Health.CheckAsync(new HealthCheckRequest());
            if (step >= WarmUp)
            {
                reads.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
                empty.Add(Stopwatch.GetElapsedTime(middle).TotalMilliseconds);
            }
        }

        report.AtMost($"all tags of a contact, library of {tags:N0}, p50", Interleaved.Median(reads), "an empty call", Interleaved.Median(empty), "ms", target);
    }
}
