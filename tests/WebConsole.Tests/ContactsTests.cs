namespace TagSegments.WebConsole.Tests;

/// <summary>The contacts page, by clicks alone.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class ContactsTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task What_is_typed_counts_and_stays_as_it_was_typed()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts");
        // Other tests import people.
        await page.ReadAsync(".count", "2,0");
        var everyone = await page.TextAsync(".count");

        await page.Page.ClickAsync("#filter");
        await page.Page.Keyboard.TypeAsync("country = \"AT\" AND score", new() { Delay = 15 });
        await page.ReadAsync("#filter-fault", "there is no field");
        await page.Page.Keyboard.PressAsync("Home");
        await page.Page.Keyboard.TypeAsync("email is not empty AND ", new() { Delay = 15 });
        await page.WriteAsync("#filter", "country = \"AT\"");
        await page.Page.WaitForFunctionAsync("everyone => document.querySelector('.count').textContent !== everyone", everyone);

        Assert.Contains("q=country", page.Page.Url, StringComparison.Ordinal);
        Assert.Equal("country = \"AT\"", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#filter').value"));
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task Names_are_completed_by_the_keyboard()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts");
        await page.Page.ClickAsync("#filter");
        await page.Page.Keyboard.TypeAsync("has tag \"web", new() { Delay = 15 });
        await page.ReadAsync("#filter-suggestions", "Webinar Attendee");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.SeeAsync("#filter-suggestions [aria-selected=true]");
        await page.Page.Keyboard.PressAsync("Enter");

        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value.startsWith('has tag \"') && document.querySelector('#filter').value.trim().endsWith('\"')");
        Assert.Empty(page.Errors);
    }

    // listmonk #1841, twenty #13913, mailpoet #6835: "all" became all of the account, or of the page.
    [BrowserFact]
    public async Task All_that_match_except_one_get_a_tag_and_lose_it_again()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts?q=has%20tag%20%22VIP%22%20AND%20has%20no%20tag%20starting%20with%20%22Bulk%22");
        await page.SeeAsync(".contact-table tbody input[type=checkbox]");
        var matching = int.Parse(await page.TextAsync(".count strong"), System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);
        await page.ClickAsync(".choose-all");
        await page.ReadAsync(".selection", $"All {matching}");
        await page.ClickAsync(".contact-table tbody input[type=checkbox]");
        await page.ReadAsync(".selection", $"{matching - 1} contacts are chosen");

        await page.ClickAsync(".tag-picker .rz-dropdown");
        await page.PressAsync("Requested Demo");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.ReadAsync(".preview", "Nothing has changed yet");
        await page.ShootAsync("contacts-bulk");
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".start");
        await page.ReadAsync(".bulk-progress", $"Done: {matching - 1} contacts");
        await page.ClickAsync(".undo");
        await page.ReadAsync(".bulk-progress", "Done:");
        await page.Page.WaitForFunctionAsync("() => !document.querySelector('.undo')");

        Assert.Empty(page.Errors);
    }
}
