namespace TagSegments.WebConsole.Tests;

/// <summary>The main job of the product by clicks alone: people are imported, a segment is built, a campaign goes to it, and its messages are seen.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class MainJobTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_person_who_has_never_seen_a_terminal_does_the_main_job()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/");
        await page.ClickAsync("main a.card");
        await page.PressAsync("Import");
        await page.WriteAsync("#import-tags", "tags");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ChooseFileAsync($"""
            email,first_name,country,tags
            anna.{mark}@example.com,Anna,AT,Fair {mark}
            bert.{mark}@example.com,Bert,DE,Fair {mark}
            cleo.{mark}@example.com,Cleo,AT,Other {mark}
            dora.{mark}@example.com,Dora,AT,Fair {mark}

            """);
        await page.ReadAsync("main", "New contacts: 4");
        await page.ClickAsync(".import");
        await page.ReadAsync("#outcome", "Imported");

        await page.PressAsync("Segments");
        await page.ReadAsync("h1", "Segments");
        await page.PressAsync("New segment");
        await page.WriteAsync("#filter", $"has tag \"Fair {mark}\" AND country = \"AT\"");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.count-of')?.textContent.trim() === '2'");
        await page.SettleAsync();
        await page.WriteAsync(".save input", $"Fair in Austria {mark}");
        await page.ClickAsync(".save-segment");
        await page.ReadAsync(".page-head", "Version 1");

        await page.PressAsync("Campaigns");
        await page.PressAsync("New campaign");
        await page.WriteAsync("input[name=name]", $"After the fair {mark}");
        await page.WriteAsync("#audience-filter", $"in segment \"Fair in Austria {mark}\"");
        await page.WriteAsync("input[name=subject]", "Good to see you, {{ contact.first_name }}");
        await page.WriteAsync("textarea[name=text]", "Dear {{ contact.first_name }}, here are the slides.");
        await page.WriteAsync("textarea[name=html]", "<style>p { color: #005a9c }</style><p>Dear <b>{{ contact.first_name }}</b>, here are the <a href=\"https://example.com/slides\">slides</a>.</p><img src=\"https://example.com/logo.png\">");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".check");
        await page.ReadAsync(".send", "2 messages would go out");
        await page.ClickAsync(".send-now");
        await page.ReadAsync(".page-head", "sent");
        await page.ReadAsync("main", "2 of 2 messages are accepted for delivery");

        await page.ClickAsync("main .inbox-link");
        await page.ReadAsync("h1", "Inbox");
        await page.ReadAsync(".messages", "Good to see you, Anna");
        await page.ClickAsync(".messages a");
        await page.ReadAsync(".message .mail", "Dear Anna, here are the slides.");
        await page.SeeAsync(".message iframe");
        await page.ReadAsync(".message", $"{DateTime.UtcNow.Year}-");
        await page.ShootAsync("inbox-message");
        Assert.Empty(await page.FindingsAsync());
        await CheckFrameAsync(await page.Page.EvaluateExpressionAsync<string>("document.querySelector('.message iframe').src"));
        Assert.Empty(page.Errors);
    }

    // The message as it looks, in a sandbox: no script, nothing of another place.
    private static async Task CheckFrameAsync(string address)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(address));
        var html = await answer.Content.ReadAsStringAsync();
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains("Dear <b>Anna</b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox allow-popups", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-scripts", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
    }
}
