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
        await page.ShootAsync("campaign-sent");
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }
}
