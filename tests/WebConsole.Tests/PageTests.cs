namespace TagSegments.WebConsole.Tests;

/// <summary>Each page with the data of the demo: it asks nobody else, nothing fails in it, axe-core finds nothing. Its pictures are in artifacts/console.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class PageTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    public static TheoryData<string, string> Pages => new()
    {
        { "accounts", "/" },
        { "sign-in", "/sign-in" },
        { "not-found", "/demo/nowhere" },
        { "overview", "/demo" },
        { "contacts", "/demo/contacts?q=country%20%3D%20%22AT%22" },
        { "contact", "/demo/contacts/7" },
        { "segments", "/demo/segments" },
        { "segment", "/demo/segments/new?f=country%20%3D%20%22AT%22%20AND%20NOT%20has%20tag%20%22VIP%22" },
        { "campaigns", "/demo/campaigns" },
        { "campaign", "/demo/campaigns/new" },
        { "workflows", "/demo/workflows" },
        { "workflow", "/demo/workflows/new" },
        { "tags", "/demo/tags" },
        { "tag", "/demo/tags/1" },
        { "imports", "/demo/imports" },
    };

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_sound_for_everybody(string name, string path)
    {
        foreach (var (suffix, width, dark, language) in new[] { ("light", 1280, false, "en"), ("dark", 1280, true, "en"), ("narrow", 390, false, "de") })
        {
            await using var page = await browser.OpenAsync(console.Address, width, dark, language);
            await page.GoAsync(path);
            await page.ShootAsync($"{name}-{suffix}");

            Assert.Empty(await page.FindingsAsync());
            Assert.DoesNotContain(page.Errors, error => name != "not-found" || !error.Contains("404", StringComparison.Ordinal));
            var overflow = await page.Page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{name} is {overflow} pixels too wide at {width}");
        }
    }
}
