using System.Globalization;
using Crm.Segments.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Segments;

/// <summary>Pages, streams, facets and explanations of a segment of more than a third of the account.</summary>
internal sealed class CallSpeed(BenchmarkOptions options, Report report, SegmentCalls calls, TestApps apps)
{
    public async Task MeasureAsync()
    {
        var source = await calls.ParseAsync(Question.All[1].Text);
        await PagesAsync(source);
        await StreamAsync(source);
        await FacetsAsync(source);
        await ExplainAsync();
    }

    private async Task PagesAsync(FilterSource source)
    {
        var pages = new[] { 0, 50, 95 }.Select(percent => Page(source, percent)).ToArray();
        var medians = await Interleaved.MedianAsync(
            options.Rounds * 100, [calls.EmptyAsync, .. pages.Select(page => (Func<Task>)(() => calls.PageAsync(page)))]);
        report.AtMost("first page of 50", medians[1], "empty call", medians[0], "ms", 4);
        report.AtMost("a page of 50 in the middle", medians[2], "empty call", medians[0], "ms", 4);
        report.AtMost("a page of 50 near the end", medians[3], "empty call", medians[0], "ms", 4);
        report.AtMost("a page of 50 near the end", medians[3], "first page", medians[1], "ms", 1.3);
    }

    private ListMatchesRequest Page(FilterSource source, int percent)
    {
        var request = new ListMatchesRequest { Account = SegmentsData.Account, Source = source, PageSize = 50 };
        if (percent > 0)
        {
            var position = ((long)options.Contacts * percent / 100).ToString(CultureInfo.InvariantCulture);
            request.PageToken = apps.App(Service.Segments).Services.GetRequiredService<PageTokens>().Create(request, position);
        }

        return request;
    }

    private async Task StreamAsync(FilterSource source)
    {
        var count = await calls.CountAsync(source);
        var medians = await Interleaved.MedianAsync(options.Rounds, () => calls.StreamAsync(source));
        report.AtLeast($"stream of {count.ToString("N0", CultureInfo.InvariantCulture)} ids", count / medians[0] / 1_000, "one million ids/s", 1, "M ids/s", 20);
    }

    private async Task FacetsAsync(FilterSource source)
    {
        var medians = await Interleaved.MedianAsync(options.Rounds * 10, calls.EmptyAsync, () => calls.FacetsAsync(source));
        var tags = (await calls.FacetsAsync(source)).Facets.Count;
        report.AtMost($"facets of {tags.ToString(CultureInfo.InvariantCulture)} tags", medians[1], "empty call", medians[0], "ms", 100);
    }

    private async Task ExplainAsync()
    {
        var source = await calls.ParseAsync(FamiliesSpeed.Text);
        await Interleaved.WarmUpAsync(() => calls.ExplainAsync(source, 777));
        var medians = await Interleaved.MedianAsync(options.Rounds * 10, () => calls.ExplainAsync(source, 777), calls.EmptyAsync);
        report.AtMost("explain one contact, 20 clauses", medians[0], "the target itself", 5, "ms", 1);
        report.Compare("the same explanation", medians[0], "empty call", medians[1], "ms");
    }
}
