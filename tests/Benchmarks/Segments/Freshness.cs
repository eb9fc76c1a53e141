using System.Diagnostics;
using System.Globalization;
using Crm.Activity.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;
using Activity = Crm.Activity.V1.Activity;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// A race: each of many callers adds a tag of its own to contacts, or records that a contact with its tag opened a message, with one call each.
/// As soon as every fourth is acknowledged, it asks the segment service for the count, which it knows. All of them write to one account, whose
/// clocks never stand still, and together they write at a fixed pace.
/// </summary>
internal sealed class Freshness(BenchmarkOptions options, Report report, SegmentCalls calls, TestApps apps)
{
    private const int Callers = 24;
    private const int WritesPerSecond = 1_000;
    private const int WritesPerCount = 4;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(8);
    private TimeSpan _duration;
    private long _start;

    public async Task MeasureAsync()
    {
        var source = await calls.ParseAsync(Question.All[1].Text);
        var (tagger, recorder) = (new Race(), new Race());
        await RunAsync(source, s_warmUp, tagger, recorder);
        var (tagged, recorded) = (tagger.Writes, recorder.Writes);
        var (empty, count) = await RunAsync(source, s_duration, tagger, recorder);
        var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        report.AtMost("stale answers after tag writes", tagger.Stale, "answers", tagger.Answers, "", 0);
        report.AtMost("stale answers after activity writes", recorder.Stale, "answers", recorder.Answers, "", 0);
        report.AtLeast("tag writes in the race", (tagger.Writes - tagged) / seconds, "the target itself", WritesPerSecond, "writes/s", 0.99);
        report.AtLeast("activity writes in the race", (recorder.Writes - recorded) / seconds, "the target itself", WritesPerSecond, "writes/s", 0.99);
        report.AtMost($"{Question.All[1].Name} in the race", count, "empty call in the race", empty, "ms", Question.All[1].TargetOfEmpty);
    }

    private async Task<(double Empty, double Count)> RunAsync(FilterSource source, TimeSpan duration, Race tagger, Race recorder)
    {
        var marks = new List<int>();
        foreach (var caller in Enumerable.Range(0, 2 * Callers))
        {
            marks.Add(await CreateTagAsync(caller));
        }

        await TagOpenersAsync(marks[Callers..]);
        (_start, _duration) = (Stopwatch.GetTimestamp(), duration);
        var (since, medians) = (DateTime.UtcNow, MedianAsync(source));
        await Task.WhenAll(marks.Select((tag, i) => i < Callers ? TagAsync(tag, tagger) : OpenAsync(tag, i - Callers, since, recorder)));
        return await medians;
    }

    private async Task<int> CreateTagAsync(int caller)
    {
        var tag = new Tag { Name = FormattableString.Invariant($"Race {DateTime.UtcNow.Ticks} {caller}") };
        return (await apps.Tags.CreateTagAsync(new CreateTagRequest { Account = SegmentsData.Account, Tag = tag })).Tag.TagId;
    }

    // Each caller records opens for contacts that have its tag and no other caller's.
    private async Task TagOpenersAsync(IReadOnlyList<int> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            var request = new BulkTagRequest
            {
                Account = SegmentsData.Account,
                AddTagIds = { tags[i] },
                ContactIds = { Enumerable.Range(1, PerCaller).Select(number => Opener(i, number)) },
            };
            await SegmentCalls.RepeatAsync(async () => await apps.Tags.BulkTagAsync(request));
        }
    }

    private int PerCaller => options.Contacts / Callers;

    private int Opener(int caller, int number) => (caller * PerCaller) + number;

    private Task TagAsync(int tag, Race race) => RaceAsync(race, new FilterSource { Filter = Has(tag) }, async number =>
    {
        var request = new AddTagsRequest { Account = SegmentsData.Account, ContactId = number, TagIds = { tag } };
        await SegmentCalls.RepeatAsync(async () => await apps.Tags.AddTagsAsync(request));
    });

    private Task OpenAsync(int tag, int caller, DateTime since, Race race)
    {
        var opened = new ActivityClause
        {
            Kind = ActivityClause.Types.Kind.Opened,
            Window = new TimeWindow { Fixed = new FixedWindow { From = since.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) } },
        };
        var source = new FilterSource { Filter = new Filter { AllOf = new FilterGroup { Filters = { Has(tag), new Filter { Activity = opened } } } } };
        return RaceAsync(race, source, async number =>
        {
            var activity = new Activity { ContactId = Opener(caller, number), Kind = Activity.Types.Kind.Opened };
            var request = new RecordActivitiesRequest { Account = SegmentsData.Account, Activities = { activity } };
            await SegmentCalls.RepeatAsync(async () => await apps.Activity.RecordActivitiesAsync(request));
        });
    }

    private async Task RaceAsync(Race race, FilterSource source, Func<int, Task> write)
    {
        for (var number = 1; Stopwatch.GetElapsedTime(_start) < _duration; number++)
        {
            await write(number);
            Interlocked.Increment(ref race.Writes);
            if (number % WritesPerCount == 0)
            {
                var isStale = await calls.CountAsync(source) != number;
                Interlocked.Add(ref race.Stale, isStale ? 1 : 0);
                Interlocked.Increment(ref race.Answers);
            }

            var due = TimeSpan.FromSeconds((double)number * Callers / WritesPerSecond);
            await Task.Delay(TimeSpan.FromTicks(Math.Max(0, (due - Stopwatch.GetElapsedTime(_start)).Ticks)));
        }
    }

    private async Task<(double Empty, double Count)> MedianAsync(FilterSource source)
    {
        var (empty, count) = (new List<double>(), new List<double>());
        while (Stopwatch.GetElapsedTime(_start) < _duration)
        {
            empty.Add(await TimeAsync(calls.EmptyAsync));
            count.Add(await TimeAsync(() => calls.CountAsync(source)));
        }

        return (Interleaved.Median(empty), Interleaved.Median(count));
    }

    private static async Task<double> TimeAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Filter Has(int tag) => new() { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tag } } };

    private sealed class Race
    {
        public int Writes;
        public int Stale;
        public int Answers;
    }
}
