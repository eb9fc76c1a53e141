using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>A lost connection, and a console that was killed: what a person has edited in the builder of segments is there afterwards, and can be edited on.</summary>
public sealed class ConnectionTests(SharedApps shared, Browser browser) : IClassFixture<SharedApps>, IClassFixture<Browser>
{
    private const string Not = "[data-path='filter.all_of.filters[1].negated'] .not input";
    private const string Third = "[data-path='filter.all_of.filters[2]']";

    [BrowserFact]
    public async Task Edits_survive_a_cut_line_and_go_on_after_it()
    {
        var account = await PrepareAsync();
        await using var console = await ConsoleProcess.StartAsync(shared.Apps);
        await using var line = new CutLine(console.Address);
        await using var page = await browser.OpenAsync(line.Address);
        await EditAsync(page, account);

        line.Cut();
        await page.SeeAsync("#components-reconnect-modal");
        // What is typed without a connection belongs to the browser until there is one.
        await page.WriteAsync("#filter", "email is empty");
        line.Mend();
        await page.Page.WaitForFunctionAsync("() => !document.querySelector('#components-reconnect-modal').checkVisibility()");
        await page.Page.WaitForFunctionAsync("() => location.search.includes('f=email')");
        await page.SettleAsync();

        Assert.Equal("email is empty", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#filter').value"));
        await page.ClickAsync("[data-path=filter] .not input");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value === 'NOT email is empty'");
    }

    [BrowserFact]
    public async Task Edits_survive_a_console_that_was_killed_also_those_that_no_text_says()
    {
        var account = await PrepareAsync();
        await using var console = await ConsoleProcess.StartAsync(shared.Apps);
        await using var page = await browser.OpenAsync(console.Address);
        await EditAsync(page, account);
        // A clause without its segment is not finished: it has no text yet.
        await page.PressAsync("Add a condition");
        await page.SeeAsync(Third);
        await page.Page.SelectAsync($"{Third} > .node-head select", "6");
        await page.Page.WaitForFunctionAsync("() => location.search.includes('tree=')");

        await console.KillAsync();
        await page.SeeAsync("#components-reconnect-modal");
        await console.StartAgainAsync();
        await page.Page.WaitForFunctionAsync("() => !document.querySelector('#components-reconnect-modal').checkVisibility() && document.querySelector('.node')");

        await page.ReadAsync(Third, "Choose a segment");
        await page.ClickAsync($"{Third} .node-end button");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value === 'email is not empty AND has tag \"VIP\"' && !location.search.includes('tree=')");
    }

    private async Task<string> PrepareAsync()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateTagAsync("VIP");
        await account.CreateContactAsync(new() { Email = "ann@example.org" });
        return account.Name;
    }

    private static async Task EditAsync(BrowserPage page, string account)
    {
        await page.GoAsync($"/{account}/segments/new");
        await page.WriteAsync("#filter", "email is not empty AND NOT has tag \"VIP\"");
        await page.ClickAsync(Not);
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value === 'email is not empty AND has tag \"VIP\"'");
        await page.SettleAsync();
    }
}
