using System.Globalization;
using Crm.Segments.V1;
using Grpc.Net.Client;

namespace TagSegments.WebConsole.Tests.Segments;

/// <summary>The segments pages: the builder and the text agree both ways, and the numbers stand beside them.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class SegmentsTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task What_is_typed_is_built_and_what_is_built_is_typed()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new");
        await page.WriteAsync("#filter", "country = \"AT\" AND NOT has tag \"VIP\"");
        await page.SeeAsync("[data-path='filter.all_of.filters[1].negated']");
        await page.ReadAsync(".members .node-count", "→");
        await page.ReadAsync(".count-legend", "after the arrow");

        // Keila #540: negative conditions only by editing JSON.
        await page.ClickAsync("[data-path='filter.all_of.filters[1].negated'] .not input");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value === 'country = \"AT\" AND has tag \"VIP\"'");
        await page.SettleAsync();
        var both = await page.TextAsync(".count-of");
        await page.Page.SelectAsync("[data-path='filter'] > .node-head select", "9");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value === 'country = \"AT\" OR has tag \"VIP\"'");
        await page.Page.WaitForFunctionAsync("before => document.querySelector('.count-of').textContent !== before", both);

        Assert.Contains("f=country", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_segment_is_saved_and_a_new_version_shows_who_joins_and_leaves_before_the_click()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new?f=country%20%3D%20%22AT%22");
        await page.WriteAsync(".save input", $"Austria {Guid.NewGuid():N}");
        await page.ClickAsync(".save-segment");
        await page.ReadAsync(".page-head", "Version 1");
        await page.WriteAsync("#filter", "country in (\"AT\", \"DE\")");
        await page.ReadAsync(".save", "0 leave");
        await page.ClickAsync(".save-segment");
        await page.ReadAsync(".page-head", "Version 2");

        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task Why_a_contact_is_in_or_not_is_said_clause_by_clause()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new?f=has%20tag%20%22Hot%20Lead%22%20AND%20opened%20email%20in%20last%207%20days");
        await page.WriteAsync("#why-contact", "1");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ReadAsync(".why", "Hot Lead");
        await page.WriteAsync("#why-contact", "nobody@example.org");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ReadAsync("main", "There is no such contact");

        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_segment_shows_whose_tags_they_are_what_versions_change_and_what_is_expected()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new?f=country%20%3D%20%22AT%22");
        await page.ReadAsync(".facets", "%");
        await page.ClickAsync(".facets li button");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value.startsWith('country = \"AT\" AND has tag ')");
        await page.SettleAsync();
        await page.WriteAsync(".save input", $"Facets {Guid.NewGuid():N}");
        await page.ClickAsync(".save-segment");
        await page.ReadAsync(".page-head", "Version 1");
        await page.WriteAsync("#filter", "country = \"AT\"");
        await page.ReadAsync(".save", "0 leave");
        await page.ClickAsync(".save-segment");
        await page.ReadAsync(".page-head", "Version 2");

        await page.ClickAsync(".compare");
        await page.ReadAsync(".comparison", "0 join");
        await page.ReadAsync(".comparison", "Leave:");
        // Not all that leave are listed, and the rest is not passed over.
        await page.Page.WaitForFunctionAsync(
            """
            () => {
              const said = document.querySelector('.comparison');
              const rest = Number(said.textContent.match(/… and ([0-9]+) more/)?.[1] ?? 0);
              return rest > 0 && said.querySelectorAll('.links a').length + rest === Number(said.textContent.match(/([0-9]+) leave/)[1]);
            }
            """);
        await page.WriteAsync("#expected-contact", "1");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".expect-in");
        await page.ReadAsync(".expectations", "Contact 1 must be in it");
        await page.SettleAsync();
        await page.ShootAsync("segment-saved");
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".restore");
        await page.ReadAsync(".page-head", "Version 3");

        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_segment_is_counted_as_of_a_past_day_on_a_slider()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new?f=everyone");
        // Other tests add people and erase some.
        await page.ReadAsync(".count-of", "2,0");
        var now = await page.TextAsync(".count-of");
        await page.Page.FocusAsync("#past-day");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.Page.WaitForFunctionAsync("() => location.search.includes('on=')");
        await page.SettleAsync();

        // Nobody was there yesterday.
        Assert.NotEqual(now, await page.TextAsync(".count-of"));
        await page.ShootAsync("segment-past");
        await page.PressAsync("Back to now");
        await page.ReadAsync(".count-of", now);
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task The_slider_begins_with_the_history_and_an_earlier_day_is_refused_in_words()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/segments/new?f=everyone");
        await page.SeeAsync("#past-day");

        // A test that runs over midnight sees one more.
        var least = await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#past-day').min");
        Assert.Contains(least, (string[])[$"-{ConsoleServer.HistoryDays}", $"-{ConsoleServer.HistoryDays + 1}"]);
        var day = DateTime.UtcNow.AddDays(-ConsoleServer.HistoryDays - 2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await page.GoAsync($"/demo/segments/new?f=everyone&on={day}");
        await page.ReadAsync(".problem", $"{day} 23:59 UTC");
        Assert.DoesNotContain("T23:59", await page.TextAsync("main"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_overlap_of_segments_is_a_picture_with_its_numbers()
    {
        await using var page = await browser.OpenAsync(console.Address);
        using var channel = GrpcChannel.ForAddress(console.Segments);
        var segments = new SegmentService.SegmentServiceClient(channel);
        foreach (var filter in new[] { "has tag \"VIP\"", "country = \"AT\"", "email is not empty" })
            await segments.CreateSegmentAsync(new() { Account = "demo", Segment = new() { Name = $"Overlap {Guid.NewGuid():N}" }, Text = filter });
        await page.GoAsync("/demo/segments/overlap");
        await page.ReadAsync("main", "Choose two or three segments");
        foreach (var place in new[] { "1", "2", "3" })
        {
            await page.Page.SelectAsync($"select[aria-label='Segment {place}']", place);
            await page.Page.WaitForFunctionAsync("count => new URLSearchParams(location.search).getAll('s').length == count", place);
        }

        await page.SeeAsync(".venn circle");
        await page.ReadAsync(".overlap", "in at least one");
        await page.ShootAsync("segments-overlap");

        Assert.Equal(3, (await page.Page.QuerySelectorAllAsync(".venn circle")).Length);
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }
}
