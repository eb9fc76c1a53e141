using Crm.Contacts.V1;
using Crm.Tags.V1;
using Grpc.Net.Client;

namespace TagSegments.WebConsole.Tests.Contacts;

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
        await page.Page.WaitForFunctionAsync("text => new URLSearchParams(location.search).get('q') === text", "country = \"AT\"");
        await page.Page.WaitForFunctionAsync("everyone => document.querySelector('.count').textContent !== everyone", everyone);

        Assert.Equal("country = \"AT\"", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#filter').value"));
        Assert.Empty(page.Errors);
    }

    // The answer for the filter before must not become that of the filter now.
    [BrowserFact]
    public async Task The_table_follows_a_filter_that_changes_while_it_is_read()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts");
        for (var i = 0; i < 8; i++)
        {
            await page.WriteAsync("#filter", $"first_name = \"Nobody{i}\"");
            await page.Page.WaitForFunctionAsync("() => document.querySelector('.count strong')?.textContent === '0'");
            await page.WriteAsync("#filter", $"contact_id in ({i + 1})");
            await page.ReadAsync(".contact-table tbody", $"{i + 1}");
            await page.SettleAsync();
        }

        Assert.Empty(page.Errors);
    }

    // A blank that was just typed is not taken away from who types on.
    [BrowserFact]
    public async Task A_rest_while_typing_changes_nothing_in_the_box()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts");
        await page.Page.ClickAsync("#filter");
        foreach (var word in new[] { "NOT ", "country = ", "\"AT\"" })
        {
            await page.Page.Keyboard.TypeAsync(word);
            await page.Page.WaitForFunctionAsync("word => new URLSearchParams(location.search).get('q')?.endsWith(word)", word.Trim());
            await page.SettleAsync();
        }

        Assert.Equal("NOT country = \"AT\"", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#filter').value"));
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

        await page.ChooseAsync(".tag-picker .rz-dropdown", "Requested Demo");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.ReadAsync(".preview", "Nothing has changed yet");
        await page.ShootAsync("contacts-bulk");
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".start");
        await page.ReadAsync(".bulk-progress", $"Done: {matching - 1} contacts");
        Assert.Contains("operation=", page.Page.Url, StringComparison.Ordinal);
        await page.ClickAsync(".outcomes summary");
        await page.ReadAsync(".outcomes ul", "got “Requested Demo”");
        await SeeTagAsync(page, "Requested Demo");
        await page.ShootAsync("contacts-outcomes");
        await page.ClickAsync(".undo");
        await page.ReadAsync(".bulk-progress", "undone");
        await page.Page.WaitForFunctionAsync("() => !document.querySelector('.undo')");

        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_value_is_filtered_by_a_click_and_the_view_is_saved_as_a_smart_list()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts?columns=country,first_name,lead_score&sort=-lead_score");
        await page.SeeAsync("td button.cell");
        await page.ClickAsync("td button.cell");
        // The menu says what was clicked; the rows may have been drawn anew before.
        await page.ReadAsync("#cell-menu", "Country: ");
        var country = await page.TextAsync("#cell-menu strong");
        await page.ShootAsync("contacts-cell");
        await page.ClickAsync("#cell-menu .only");
        await page.Page.WaitForFunctionAsync("country => document.querySelector('#filter').value === `country = \"${country}\"`", country.Trim());
        await page.SettleAsync();
        await page.ClickAsync("td:nth-child(4) button.cell");
        await page.ClickAsync("#cell-menu .without");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#filter').value.includes('AND first_name != ')");

        var name = $"List {Guid.NewGuid():N}";
        await page.ClickAsync(".new-list");
        await page.WriteAsync(".list-name", name);
        await page.ClickAsync(".save-list");
        await page.Page.WaitForFunctionAsync("() => location.search.startsWith('?list=') && !location.search.includes('q=')");
        await page.SettleAsync();
        await page.ShootAsync("contacts-list");
        Assert.NotEqual("", await FirstRowAsync(page));
        Assert.Empty(await page.FindingsAsync());

        // As somebody else opens it: filter, columns and order are the saved ones, and an edit is offered as a change of the list.
        await page.GoAsync(new Uri(page.Page.Url).PathAndQuery);
        await page.ReadAsync(".contact-table thead", "Lead score");
        Assert.Contains("AND first_name != ", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('#filter').value"), StringComparison.Ordinal);
        await page.WriteAsync("#filter", "has tag \"VIP\"");
        await page.ClickAsync(".save-list");
        await page.Page.WaitForFunctionAsync("() => !document.querySelector('.save-list') && !location.search.includes('q=')");
        await page.PressAsync("Delete this list");
        await page.ClickAsync(".delete-list");
        await page.Page.WaitForFunctionAsync("() => !location.search.includes('list=')");

        Assert.Empty(page.Errors);
    }

    // Its first message is its last one.
    [BrowserFact]
    public async Task The_table_shows_what_an_operation_did_that_had_ended_before_it_was_looked_at()
    {
        using var channel = GrpcChannel.ForAddress(console.Tags);
        var (tags, bulk) = (new TagService.TagServiceClient(channel), new BulkService.BulkServiceClient(channel));
        var tag = (await tags.CreateTagAsync(new() { Account = "demo", Tag = new() { Name = $"Ended {Guid.NewGuid():N}" } })).Tag;
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/contacts?q=contact_id%20in%20(7)");
        await page.SeeAsync(".contact-table td a");
        var request = new StartBulkOperationRequest { Account = "demo", Contacts = new() { Ids = new() { ContactIds = { 7 } } }, AddTagIds = { tag.TagId } };
        var id = (await bulk.StartBulkOperationAsync(request)).Operation.OperationId;
        using (var watched = bulk.WatchBulkOperation(new() { Account = "demo", OperationId = id }))
        {
            while (await watched.ResponseStream.MoveNext(CancellationToken.None))
            {
                // It ends with the operation.
            }
        }

        await page.Page.EvaluateFunctionAsync("id => Blazor.navigateTo(`${location.pathname}${location.search}&operation=${id}`)", id);
        await page.ReadAsync(".bulk-progress", "Done: 1 contact.");
        await page.ReadAsync(".contact-table", tag.Name);
        Assert.Empty(page.Errors);
    }

    // The rows begin where the table begins: neither a stand-in nor a gap is left above them.
    private static Task<string> FirstRowAsync(BrowserPage page) => page.Page.EvaluateExpressionAsync<string>(
        "[...document.querySelectorAll('.contact-table tbody > *')].find(row => row.getBoundingClientRect().height > 0)?.querySelector('td a')?.textContent.trim() ?? ''");

    // The table shows what the first contact got of which the outcomes say so.
    private static Task SeeTagAsync(BrowserPage page, string tag) => page.Page.WaitForFunctionAsync(
        """
        tag => {
          const contact = [...document.querySelectorAll('.outcomes li')].find(outcome => outcome.textContent.includes(`got “${tag}”`)).querySelector('a').href;
          const row = [...document.querySelectorAll('.contact-table tbody tr')].find(row => row.querySelector('td a')?.href === contact);
          return [...row?.querySelectorAll('.chip') ?? []].some(chip => chip.textContent.trim() === tag);
        }
        """,
        tag);

    [BrowserFact]
    public async Task A_person_is_erased_after_it_is_said_what_happens_and_typed_who()
    {
        await using var page = await browser.OpenAsync(console.Address);
        using var channel = GrpcChannel.ForAddress(console.Tags);
        var contacts = new ContactService.ContactServiceClient(channel);
        var id = (await contacts.CreateContactAsync(new() { Account = "demo", Contact = new() { FirstName = "Gone", Email = "gone@example.org" } })).Contact.ContactId;
        await page.GoAsync($"/demo/contacts/{id}");
        await page.ClickAsync(".ask-erase");
        await page.ReadAsync(".erase", "cannot be undone");
        await page.ReadAsync(".erase", $"says that contact {id} got it");
        await page.WriteAsync("#erase-word", $"erase {id - 1}");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.erase-now').disabled");
        await page.WriteAsync("#erase-word", $"erase {id}");
        await page.SeeAsync(".erase-now:not(:disabled)");
        await page.ShootAsync("contact-erase");
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".erase-now");
        await page.ReadAsync(".page-head", "erased");

        Assert.DoesNotContain("gone@", await page.TextAsync("main"), StringComparison.Ordinal);
        Assert.Empty(page.Errors);
    }
}
