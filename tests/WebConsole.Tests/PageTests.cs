namespace TagSegments.WebConsole.Tests;

/// <summary>Each page with the data of the demo: it asks nobody else, it shows what it is for, nothing fails in it, axe-core finds nothing. Its pictures are in artifacts/console.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class PageTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    public static TheoryData<string, string, string> Pages => new()
    {
        { "accounts", "/", "main a" },
        { "sign-in", "/sign-in", "main textarea" },
        { "not-found", "/demo/nowhere", "h1" },
        { "overview", "/demo", ".cards strong" },
        { "contacts", "/demo/contacts?q=country%20%3D%20%22AT%22", ".contact-table td a" },
        { "contact", "/demo/contacts/7", "dd" },
        { "segments", "/demo/segments", "td a" },
        { "segment", "/demo/segments/new?f=country%20%3D%20%22AT%22%20AND%20NOT%20has%20tag%20%22VIP%22", ".members .node-count" },
        { "overlap", "/demo/segments/overlap", ".toolbar select" },
        { "campaigns", "/demo/campaigns", "td a" },
        { "campaign", "/demo/campaigns/new", ".node-count" },
        { "workflows", "/demo/workflows", "td a" },
        { "workflow", "/demo/workflows/new", ".picture .box" },
        { "tags", "/demo/tags", "td a" },
        { "tag", "/demo/tags/1", ".growth svg" },
        { "imports", "/demo/imports", "#file" },
        { "inbox", "/demo/inbox", ".messages a" },
    };

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_sound_for_everybody(string name, string path, string content)
    {
        foreach (var (suffix, width, dark, language) in new[] { ("light", 1280, false, "en"), ("dark", 1280, true, "en"), ("narrow", 390, false, "de") })
        {
            await using var page = await browser.OpenAsync(console.Address, width, dark, language);
            await page.GoAsync(path);
            await page.SeeAsync(content);
            await page.SettleAsync();
            await page.ShootAsync($"{name}-{suffix}");

            Assert.Empty(await page.FindingsAsync());
            Assert.DoesNotContain(page.Errors, error => name != "not-found" || !error.Contains("404", StringComparison.Ordinal));
            var overflow = await page.Page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} pixels too wide at {width}");
        }
    }
}
