using System.Diagnostics;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The price of row-level security: adding tags with the wall between accounts, and without it.</summary>
internal static class WallPrice
{
    private const int AddsAlone = 25;
    private const int AddsTogether = 100;
    private const int TimesTogether = 10;
    private const int Writers = 32;
    private const int Tags = 100;

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

        await Interleaved.WarmUpAsync(AddAsync);
        var turns = new WallTurns(options, report, ours.Database);
        await turns.CompareAsync("one add, p50", AddsAlone, AddAsync);
        await turns.CompareAsync($"{AddsTogether} adds by {Writers} writers", TimesTogether, TogetherAsync);

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
