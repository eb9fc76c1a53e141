using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>A lost connection, and a console that was killed: what a person has edited is there afterwards, and can be edited on.</summary>
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

    // mautic #1406: the graph was lost on save. A message and a workflow do not fit into an address: the tab keeps them.
    [BrowserTheory]
    [InlineData("campaigns", "textarea[name=text]")]
    [InlineData("workflows", ".yaml textarea")]
    public async Task Edits_that_no_address_holds_survive_a_console_that_was_killed_until_they_are_discarded(string pages, string box)
    {
        var account = await PrepareAsync();
        await using var console = await ConsoleProcess.StartAsync(shared.Apps);
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync($"/{account}/{pages}/new");
        await page.SeeAsync(box);
        await page.SettleAsync();
        var before = await ValueAsync(page, box);
        await page.Page.FocusAsync(box);
        await page.Page.Keyboard.TypeAsync("# My edit\n");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.WaitForFunctionAsync("() => sessionStorage.length > 0");

        await console.KillAsync();
        await page.SeeAsync("#components-reconnect-modal");
        await console.StartAgainAsync();
        await page.SeeAsync(".draft");
        await page.Page.WaitForFunctionAsync("box => document.querySelector(box)?.value.includes('# My edit')", box);
        await page.SettleAsync();
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".discard-draft");
        await page.Page.WaitForFunctionAsync("(box, before) => document.querySelector(box)?.value === before && !document.querySelector('.draft')", box, before);

        Assert.Equal(0, await page.Page.EvaluateExpressionAsync<int>("sessionStorage.length"));
    }

    // What a person does without a connection is not lost without a word: a button says so, a text is kept, taken over and named.
    [BrowserFact]
    public async Task Without_a_connection_it_is_said_that_nothing_is_saved_and_what_was_written_meanwhile()
    {
        var account = await PrepareAsync();
        await using var console = await ConsoleProcess.StartAsync(shared.Apps);
        await using var line = new CutLine(console.Address);
        await using var page = await browser.OpenAsync(line.Address);
        await page.GoAsync($"/{account}/campaigns/new");
        await page.WriteAsync("input[name=name]", "Before");
        await page.WriteAsync("input[name=subject]", "Hello");

        line.Cut();
        await page.ReadAsync("#components-reconnect-modal", "Nothing is saved or sent now");
        await page.SeeAsync("#components-reconnect-modal");
        await page.ShootAsync("connection-lost");
        Assert.Empty(await page.FindingsAsync());
        await page.Page.ClickAsync(".save-draft");
        await page.SeeAsync("#components-reconnect-modal.insists");
        await page.WriteAsync("input[name=name]", "Written alone");
        await page.WriteAsync("textarea[name=text]", "A text without a connection");
        line.Mend();
        await page.ReadAsync("#written-offline .taken", "Name");
        await page.ReadAsync("#written-offline .taken", "none of it is saved");
        await page.ShootAsync("connection-back");

        // The subject was still being written when the line was cut.
        Assert.Equal(["Subject", "Name", "Text"], await page.Page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('#written-offline li')].map(li => li.textContent)"));
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync("#written-offline button");
        await page.SettleAsync();
        await page.ClickAsync(".save-draft");
        await page.ReadAsync("h1", "Written alone");
        Assert.Equal("A text without a connection", await ValueAsync(page, "textarea[name=text]"));
    }

    [BrowserFact]
    public async Task What_was_written_while_the_console_was_down_stands_in_the_page_of_its_successor()
    {
        var account = await PrepareAsync();
        await using var console = await ConsoleProcess.StartAsync(shared.Apps);
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync($"/{account}/tags/1");
        await page.SeeAsync("textarea[name=tag-when]");

        await console.KillAsync();
        await page.SeeAsync("#components-reconnect-modal");
        await page.WriteAsync("textarea[name=tag-when]", "After the second meeting.");
        // A box that is not there any more: its text is shown to be copied.
        await page.Page.EvaluateExpressionAsync("document.querySelector('input[name=tag-owner]').id = document.querySelector('input[name=tag-owner]').name = 'of-another-version'");
        await page.WriteAsync("[name=of-another-version]", "Ann");
        await console.StartAgainAsync();
        await page.ReadAsync("#written-offline .taken", "none of it is saved");
        await page.ReadAsync("#written-offline .missing", "Ann");
        await page.ShootAsync("connection-restarted");

        Assert.Equal("After the second meeting.", await ValueAsync(page, "textarea[name=tag-when]"));
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync("#written-offline button");
        await page.ClickAsync(".save-tag");
        await page.ReadAsync("main [role=status]", "Saved");
    }

    private static Task<string> ValueAsync(BrowserPage page, string box) => page.Page.EvaluateFunctionAsync<string>("box => document.querySelector(box).value", box);

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
