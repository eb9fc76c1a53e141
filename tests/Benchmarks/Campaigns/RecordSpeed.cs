using System.Diagnostics;
using Crm.Activity.V1;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>The speed of recording activity.</summary>
internal static class RecordSpeed
{
    private const int MaxContacts = 10_000;
    private const int BatchSize = 10_000;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var fixture = await CampaignFixture.StartAsync(Math.Min(options.Contacts, MaxContacts));
        var random = new Random(options.Seed);
        await fixture.Activities.RecordActivitiesAsync(Batch(random, fixture));
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < options.Rounds; round++)
        {
            await fixture.Activities.RecordActivitiesAsync(Batch(random, fixture));
        }

        var rate = BatchSize * options.Rounds / Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.AtLeast("record activities in batches of 10,000", rate, "goal", 20_000, "events/s", 1);
    }

    private static RecordActivitiesRequest Batch(Random random, CampaignFixture fixture) => new()
    {
        Account = fixture.Account,
        Activities =
        {
            Enumerable.Range(0, BatchSize).Select(_ => new Crm.Activity.V1.Activity
            {
                ContactId = random.Next(1, fixture.Contacts + 1),
                Kind = Crm.Activity.V1.Activity.Types.Kind.Opened,
            }),
        },
    };
}
