using System.Globalization;
using TagSegments.Testing;
using TagSegments.Testing.Histories;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The environment variables INDEX_HISTORIES and INDEX_SEED say how many histories are played and from which seed on.</summary>
public sealed class IndexHistoryTests(IndexHistoryTests.Rig rig, ITestOutputHelper output) : IClassFixture<IndexHistoryTests.Rig>
{
    private static readonly int s_histories = Setting("INDEX_HISTORIES") ?? 1_000;
    private static readonly int s_seed = Setting("INDEX_SEED") ?? Seed.Value;

    public static TheoryData<string> MutantNames => [.. Mutants.All.Select(mutant => mutant.Name)];

    [Fact]
    public async Task No_history_gives_a_wrong_answer()
    {
        await RequireRightAsync(Protocol.Right, s_histories);
    }

    /// <summary>Finding 18: what is kept can go at any moment.</summary>
    [Fact]
    public async Task Finding_18_no_history_gives_a_wrong_answer_when_memory_is_short()
    {
        await RequireRightAsync(Protocol.Right with { IsShortOfMemory = true }, s_histories / 4);
    }

    [Theory]
    [MemberData(nameof(MutantNames))]
    public async Task Histories_catch_a_protocol_that_is_wrong(string name)
    {
        var caught = await HistorySuite.CatchAsync(rig.Started!, Mutants.All.Single(mutant => mutant.Name == name), s_seed);

        output.WriteLine($"seed {s_seed}: {name} caught after {caught} histories");
        Assert.True(caught is not null, $"seed {s_seed}: no history showed it.");
    }

    private async Task RequireRightAsync(Protocol protocol, int histories)
    {
        var tally = await HistorySuite.PlayAsync(rig.Started!, protocol, histories, s_seed);

        output.WriteLine($"seed {s_seed}: {tally.Evaluations} evaluations, faults: {string.Join(", ", tally.Faults)}");
        Assert.True(tally.Wrong.IsEmpty, $"seed {s_seed}:\n{string.Join('\n', tally.Wrong)}");
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    public sealed class Rig : IAsyncLifetime
    {
        internal HistoryRig? Started { get; private set; }

        public async Task InitializeAsync() => Started = await HistoryRig.StartAsync(s_seed);

        public async Task DisposeAsync() => await (Started?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
