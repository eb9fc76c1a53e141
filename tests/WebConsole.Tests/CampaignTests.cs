namespace TagSegments.WebConsole.Tests;

/// <summary>The main job by clicks alone: an audience is built in the campaign, looked at, and sent; the ledger shows what became of it.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class CampaignTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    // mautic #192, dittofeed #1335: no count before sending; listmonk #172, #1789: progress without the ledger, and no reasons.
    [BrowserFact]
    public async Task A_campaign_is_built_checked_and_sent_with_its_numbers()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/campaigns/new");
        await page.WriteAsync("input[name=name]", $"Clicks {Guid.NewGuid():N}");
        await page.WriteAsync("#audience-filter", "has tag \"VIP\" AND country = \"AT\"");
        await page.ReadAsync(".members .node-count", "→");
        await page.WriteAsync("input[name=subject]", "Hello {{ contact.first_name }}");
        await page.WriteAsync("textarea[name=text]", "News for {{ contact.first_name }}");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".preview-message");
        await page.ReadAsync(".mail", "News for");
        await page.ClickAsync(".check");
        await page.ReadAsync(".send", "Nothing is sent yet");
        await page.ShootAsync("campaign-check");
        Assert.Empty(await page.FindingsAsync());

        await page.ClickAsync(".send-now");
        await page.ReadAsync(".page-head", "sent");
        await page.ReadAsync("main", "messages are accepted for delivery");
        await page.ReadAsync("section[aria-labelledby=recipients]", "Contact ");
        await page.ShootAsync("campaign-sent");
        Assert.Contains("accepted", await page.TextAsync("section[aria-labelledby=recipients] li"), StringComparison.Ordinal);
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_campaign_is_tested_and_scheduled_in_a_time_zone()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await BeginAsync(page, $"Later {Guid.NewGuid():N}", "country = \"AT\"");
        await page.ClickAsync(".preview-message");
        await page.ReadAsync(".mail", "News");
        await page.ClickAsync(".send-test");
        await page.ReadAsync(".test-outcome", "accepted");

        await page.WriteAsync("input[name=send-time]", "2031-01-15 09:00");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.WriteAsync("#send-zone", "America/New_York");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".check");
        await page.ReadAsync(".send", "for 2031-01-15 09:00 America/New_York");
        await page.ClickAsync(".send-now");
        await page.ReadAsync(".schedule", "for 2031-01-15 09:00, America/New_York");
        await page.ReadAsync(".page-head .chip", "scheduled");
        await page.ShootAsync("campaign-scheduled");
        Assert.Empty(await page.FindingsAsync());

        // Somebody else opens it later: the time is that of the schedule, and it can be held back.
        await page.GoAsync(new Uri(page.Page.Url).AbsolutePath);
        await page.ReadAsync(".save-draft", "as scheduled");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('input[name=send-time]')?.value === '2031-01-15 09:00' && document.querySelector('#send-zone').value === 'America/New_York'");
        await page.ClickAsync(".rz-dropdown-clear-icon");
        await page.Page.WaitForFunctionAsync("() => location.search.includes('send=now')");
        await page.Page.ReloadAsync();
        await page.SeeAsync(".hold");
        await page.SettleAsync();
        Assert.Equal("", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('input[name=send-time]').value"));
        await page.ClickAsync(".hold");
        await page.ReadAsync(".page-head .chip", "paused");
        await page.PressAsync("Resume");
        await page.ReadAsync(".schedule", "for 2031-01-15 09:00, America/New_York");
        await page.ReadAsync(".page-head .chip", "scheduled");
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task Variants_are_tested_on_a_part_and_the_chosen_one_goes_to_the_rest()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.ImportAsync("email,tags\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"reader{i}.{mark}@example.com,Readers {mark}\n")));
        await BeginAsync(page, $"Variants {mark}", $"has tag \"Readers {mark}\"");
        await page.ClickAsync(".ab-on");
        await page.WriteAsync("#variant-subject-B", "Quite another subject");
        await page.WriteAsync("#ab-percent", "50");
        await page.Page.SelectAsync(".ab-test select", "2");
        await page.ShootAsync("campaign-variants");
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".check");
        await page.ReadAsync(".send", "40 messages would go out");
        await page.ClickAsync(".send-now");

        await page.ReadAsync(".variants", "The winner is not chosen yet");
        await page.PressAsync("Send B to the rest");
        await page.ReadAsync(".variants", "The winner is B.");
        await page.ReadAsync("main", "40 of 40 messages are accepted for delivery");
        // Each recipient once, however often the list was read meanwhile.
        await page.Page.WaitForFunctionAsync("() => document.querySelectorAll('section[aria-labelledby=recipients] li').length === 40");
        // What became of each message is read again when the last one has its answer.
        await page.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('section[aria-labelledby=recipients] li')].every(li => li.textContent.includes('accepted'))");
        await page.ReadAsync(".by-group td:nth-child(2)", "40");
        await page.ReadAsync(".by-group", $"Readers {mark}");
        await page.ReadAsync(".variants", "B, the rest");
        await page.ShootAsync("campaign-results");
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }

    private static async Task BeginAsync(BrowserPage page, string name, string audience)
    {
        await page.GoAsync("/demo/campaigns/new");
        await page.WriteAsync("input[name=name]", name);
        await page.WriteAsync("#audience-filter", audience);
        await page.WriteAsync("input[name=subject]", "Hello {{ contact.first_name }}");
        await page.WriteAsync("textarea[name=text]", "News for {{ contact.first_name }}");
        await page.Page.Keyboard.PressAsync("Tab");
    }
}
