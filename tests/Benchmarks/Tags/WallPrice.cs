using System.Diagnostics;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The price of row-level security: adding tags with the wall between accounts, and without it.</summary>
internal static class WallPrice
{
    private const int AddsAlone = 300;
    private const int AddsTogether = 4_000;
    private const int Writers = 32;
    private const int Tags = 50;

    public static async Task RunAsync(TagFixture ours, BenchmarkOptions options, Report report)
    {
        var tagIds = new int[Tags];
        for (var i = 0; i < tagIds.Length; i++)
        {
            tagIds[i] = await ours.NewTagAsync();
        }

        // No pair of contact and tag comes twice, so every call changes something.
        var adds = 0;
        Task AddAsync() => Interlocked.Increment(ref adds) is var n
            ? ours.AddAsync((n % options.Contacts) + 1, tagIds[n / options.Contacts])
            : throw new UnreachableException();

        var times = new[] { new List<double>(), new List<double>(), new List<double>(), new List<double>() };
        await Interleaved.WarmUpAsync(AddAsync);
        for (var round = 0; round < options.Rounds; round++)
        {
            await Wall.RaiseAsync(ours.Database);
            await MeasureAsync(times[0], times[2]);
            await Wall.LowerAsync(ours.Database);
            await MeasureAsync(times[1], times[3]);
        }

        await Wall.RaiseAsync(ours.Database);
        report.AtMost("one add, p50", Interleaved.Median(times[0]), "without the wall", Interleaved.Median(times[1]), "ms", 1.05);
        report.AtMost($"{AddsTogether} adds by {Writers} writers", Interleaved.Median(times[2]), "without the wall", Interleaved.Median(times[3]), "ms", 1.05);

        async Task MeasureAsync(List<double> alone, List<double> together)
        {
            alone.Add((await Interleaved.MedianAsync(AddsAlone, AddAsync))[0]);
            together.Add((await Interleaved.MedianAsync(1, TogetherAsync))[0]);
        }

        async Task TogetherAsync()
        {
            var left = AddsTogether;
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    await AddAsync();
                }
            }));
        }
    }
}
