namespace TagSegments.WebConsole.Tests;

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

        Assert.Empty(page.Errors);
    }
}
