using System.Diagnostics;
using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using StackExchange.Redis;
using TagSegments.Testing;
using Activity = Crm.Activity.V1.Activity;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// A segment of 20 clauses of all families: the time of the first count when no answer is kept, neither in a process nor in Redis, and the time
/// of a count while contacts, tags, opportunities and activity are written.
/// </summary>
internal sealed class FamiliesSpeed(BenchmarkOptions options, Report report, SegmentCalls calls, TestApps apps)
{
    private const int WarmUps = 20;
    private const double ColdTarget = 250;
    private const double WarmTarget = 10;

    /// <summary>The segment: its tags leave about one contact in 150, for whom the other clauses decide.</summary>
    public const string Text = """
        has all tags ("Tag 12", "Tag 30") AND has any tag ("Tag 1", "Tag 2") AND has none of tags ("Tag 40", "Tag 41") AND NOT has tag "Tag 42"
        AND (opened email in last 7 days OR clicked email in last 7 days)
        AND was sent email at least 2 times in last 90 days
        AND (never bounced email OR did "Webinar") AND opened email at least 1 time in last 30 days
        AND country in ("DE", "AT", "CH") AND score >= 10 AND score < 95 AND birthday is not empty AND first_name does not contain "999"
        AND NOT anniversary of birthday is today AND created in last 30 days
        AND has at most 3 opportunities (stage = "Stage 1" AND amount >= 100) AND has no opportunity (stage = "Stage 5")
        AND NOT unsubscribed from email AND NOT suppressed for email AND NOT tag "Tag 50" added in last 7 days
        """;

    public async Task MeasureAsync()
    {
        var source = await calls.ParseAsync(Text);
        report.AtMost("20 clauses of all families, nothing kept", await ColdAsync(source), "the target itself", ColdTarget, "ms", 1);
        report.AtMost("the same while data changes", await WarmAsync(source), "the target itself", WarmTarget, "ms", 1);
    }

    // The process is warm and has its connections, so this is the account's first evaluation alone.
    private async Task<double> ColdAsync(FilterSource source)
    {
        var times = new List<double>();
        for (var round = 0; round <= options.Rounds; round++)
        {
            await apps.StopAsync(Service.Segments);
            await FlushRedisAsync();
            await apps.StartAsync(Service.Segments);
            await calls.CountAsync(new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } }, SegmentsData.Small);
            times.Add(await TimeAsync(() => calls.CountAsync(source)));
        }

        return Interleaved.Median(times.Skip(1).ToList());
    }

    private async Task<double> WarmAsync(FilterSource source)
    {
        var times = new List<double>();
        var random = new Random(options.Seed);
        for (var i = 0; i < WarmUps + (options.Rounds * 10); i++)
        {
            await SegmentCalls.RepeatAsync(() => WriteAsync(random));
            times.Add(await TimeAsync(() => calls.CountAsync(source)));
        }

        return Interleaved.Median(times.Skip(WarmUps).ToList());
    }

    private async Task WriteAsync(Random random)
    {
        var contact = random.Next(1, options.Contacts + 1);
        // Not the tags of the counts: their yardsticks do not follow.
        await apps.Tags.AddTagsAsync(new AddTagsRequest { Account = SegmentsData.Account, ContactId = contact, TagIds = { random.Next(40, 60) } });
        await apps.Contacts.UpdateContactAsync(new UpdateContactRequest
        {
            Account = SegmentsData.Account,
            Contact = new Contact { ContactId = contact, LastName = $"Name {random.Next()}" },
            UpdateMask = new() { Paths = { "last_name" } },
        });
        await apps.Opportunities.CreateOpportunityAsync(new CreateOpportunityRequest
        {
            Account = SegmentsData.Account,
            Opportunity = new Opportunity { ContactId = random.Next(1, options.Contacts + 1), PipelineId = 1, StageId = random.Next(1, 6) },
        });
        await apps.Activity.RecordActivitiesAsync(new RecordActivitiesRequest
        {
            Account = SegmentsData.Account,
            Activities = { new Activity { ContactId = random.Next(1, options.Contacts + 1), Kind = Activity.Types.Kind.Opened } },
        });
    }

    private static async Task<double> TimeAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task FlushRedisAsync()
    {
        var settings = ConfigurationOptions.Parse(apps.RedisConnectionString);
        settings.AllowAdmin = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(settings);
        await redis.GetServers()[0].FlushDatabaseAsync(settings.DefaultDatabase ?? 0);
    }
}
