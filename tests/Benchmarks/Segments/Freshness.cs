using System.Diagnostics;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// A race: each of many callers adds or removes a tag of its own through the tag service and, as soon as that is acknowledged, asks the
/// segment service for the count, which it knows. All of them write to one account, so its clock never stands still.
/// </summary>
internal sealed class Freshness(Report report, TestApps apps, string account)
{
    private const int Callers = 32;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(5);

    public async Task MeasureAsync()
    {
        var (stale, answers) = (0, 0);
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var tag = (await apps.Tags.CreateTagAsync(new CreateTagRequest { Account = account, Tag = new Tag { Name = $"Race {caller}" } })).Tag;
            var expected = 0;
            for (var contact = 1; Stopwatch.GetElapsedTime(start) < s_duration; contact++)
            {
                await apps.Tags.AddTagsAsync(new AddTagsRequest { Account = account, ContactId = contact, TagIds = { tag.TagId } });
                expected++;
                if (await CountAsync(tag.TagId) != expected)
                {
                    Interlocked.Increment(ref stale);
                }

                Interlocked.Increment(ref answers);
            }
        }));
        var perSecond = answers / Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.AtMost("stale answers in a race of writes and counts", stale, "answers", answers, "", 0);
        report.Compare("writes during the race", perSecond, "writes/s of the target", 1_000, "writes/s");
    }

    private async Task<int> CountAsync(int tagId) => (await apps.Segments.CountContactsAsync(new CountContactsRequest
    {
        Account = account,
        Source = new FilterSource { Filter = new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } } },
    })).Count;
}
