using System.Globalization;
using TagSegments.Testing.Histories;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The environment variables INDEX_HISTORIES and INDEX_SEED say how many histories are played and from which seed on.</summary>
public sealed class IndexHistoryTests(IndexHistoryTests.Rig rig, ITestOutputHelper output) : IClassFixture<IndexHistoryTests.Rig>
{
    private static readonly int s_histories = Setting("INDEX_HISTORIES") ?? 1_000;
    private static readonly int s_seed = Setting("INDEX_SEED") ?? Random.Shared.Next(1_000_000_000);

    public static TheoryData<string> MutantNames => [.. Mutants.All.Select(mutant => mutant.Name)];

    [Fact]
    public async Task No_history_gives_a_wrong_answer()
    {
        var tally = await HistorySuite.PlayAsync(rig.Started!, s_histories, s_seed);

        output.WriteLine($"seed {s_seed}: {tally.Evaluations} evaluations, faults: {string.Join(", ", tally.Faults)}");
        Assert.True(tally.Wrong.IsEmpty, $"seed {s_seed}:\n{string.Join('\n', tally.Wrong)}");
    }

    [Theory]
    [MemberData(nameof(MutantNames))]
    public async Task Histories_catch_a_protocol_that_is_wrong(string name)
    {
        var caught = await HistorySuite.CatchAsync(rig.Started!, Mutants.All.Single(mutant => mutant.Name == name), s_seed);

        output.WriteLine($"seed {s_seed}: {name} caught after {caught} histories");
        Assert.True(caught is not null, $"seed {s_seed}: no history showed it.");
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
