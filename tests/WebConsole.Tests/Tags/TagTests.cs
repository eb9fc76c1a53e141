namespace TagSegments.WebConsole.Tests.Tags;

/// <summary>The pages of tags, by clicks alone.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class TagTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task Two_alike_tags_are_merged_after_their_effect_was_seen()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.ImportAsync($"""
            email,tags
            a.{mark}@example.com,Expo {mark}
            b.{mark}@example.com,Expo {mark}
            c.{mark}@example.com,Expo {mark}
            d.{mark}@example.com,expo {mark}
            e.{mark}@example.com,expo {mark}

            """);
        await page.GoAsync($"/demo/tags?search={mark}");
        await page.ReadAsync(".audit", "Their names are much alike.");
        await using (var german = await browser.OpenAsync(console.Address, language: "de"))
        {
            await german.GoAsync("/demo/tags");
            await german.ReadAsync(".audit", "Ihre Namen gleichen einander fast.");
            Assert.DoesNotContain("much alike", await german.TextAsync(".audit"), StringComparison.Ordinal);
        }

        await page.PressAsync($"Merge “expo {mark}” into “Expo {mark}” …");
        await page.ReadAsync(".preview", "2 contacts would lose this tag; with the other one in addition: 2");
        await page.ShootAsync("tag-merge");
        Assert.Empty(await page.FindingsAsync());

        await page.ClickAsync(".do-change");
        await page.ReadAsync("h1", "Tags");
        await page.GoAsync($"/demo/tags?search={mark}");
        await page.ReadAsync("td", $"Expo {mark}");
        Assert.Equal("5", (await page.TextAsync("td:nth-child(2)")).Trim());
        Assert.Equal(1, await page.Page.EvaluateExpressionAsync<int>("document.querySelectorAll('tbody tr').length"));
        Assert.Empty(page.Errors);
    }

    // A merge that would break a segment says so and which, before the click.
    [BrowserFact]
    public async Task What_a_deletion_would_break_is_named_and_it_is_not_done_by_one_click()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/tags?search=Hot%20Lead");
        await page.PressAsync("Hot Lead");
        await page.ClickAsync(".what-if");
        await page.ReadAsync(".preview", "Hot and engaged");

        Assert.True(await page.Page.EvaluateExpressionAsync<bool>("document.querySelector('.do-change').disabled"));
        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_tag_is_created_described_and_written_into_the_dictionary()
    {
        var name = $"Described {Guid.NewGuid():N}";
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/tags");
        await page.WriteAsync("input[name=new-tag]", name);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.PressAsync(name);
        await page.ReadAsync("h1", name);
        await page.WriteAsync("textarea[name=tag-when]", "After the second meeting.");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".save-tag");
        await page.ReadAsync("main [role=status]", "Saved");
        await page.GoAsync("/demo/tags");
        var dictionary = await page.DownloadAsync(".dictionary");

        Assert.Contains(name, dictionary, StringComparison.Ordinal);
        Assert.Contains("After the second meeting.", dictionary, StringComparison.Ordinal);
        Assert.Empty(page.Errors);
    }
}
