using Microsoft.AspNetCore.Components;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests.States;

/// <summary>The state of every page is in its address: a page that is read again, or whose link somebody else follows, looks as it did.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class PageStateTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    // Pages that only show what is, or ask for one word.
    private static readonly string[] s_without = ["/", "/sign-in", "/not-found", "/{Account}"];

    public static TheoryData<string> Names => [.. PageStates.All.Keys];

    [BrowserTheory]
    [MemberData(nameof(Names))]
    public async Task A_page_that_is_read_again_is_in_the_same_state(string name)
    {
        var state = PageStates.All[name];
        await using var page = await browser.OpenAsync(console.Address);
        await state.OpenAsync(page, console);
        var before = await SeenAsync(page);
        await state.SetAsync(page);
        await page.SettleAsync();
        var set = await AtRestAsync(page);

        Assert.NotEqual(before, set);
        await page.Page.ReloadAsync();
        await page.SeeAsync("h1");
        var after = await SeenUntilAsync(page, set);
        Assert.Equal(set, after);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public void Every_page_has_its_states_here()
    {
        var routes = typeof(WebConsoleApp).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(RouteAttribute), inherit: false).Cast<RouteAttribute>())
            .Select(route => route.Template);

        Assert.Equal(routes.Except(s_without).Order(), PageStates.All.Values.Select(state => state.Route).Distinct().Order());
    }

    // What a person sees: the texts, what boxes have and what is chosen. That edits were kept is said after the page is read again only.
    private static Task<string> SeenAsync(BrowserPage page) => page.Page.EvaluateExpressionAsync<string>(
        """
        [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && !e.closest('.draft, .suggestions, .rz-helper-hidden-accessible, [role=alert]')).flatMap(e =>
          e.matches('select') ? [`${e.ariaLabel}: ${e.selectedOptions[0]?.text}`]
          : e.matches('input[type=checkbox]') ? [e.checked ? '[x]' : '[ ]']
          : e.matches('input, textarea') ? [e.value]
          : [...[...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).map(n => n.data.trim()), ...(e.ariaSort ?? 'none') === 'none' ? [] : [e.ariaSort]]
        ).join('\n')
        """);

    private static async Task<string> AtRestAsync(BrowserPage page)
    {
        for (var seen = await SeenAsync(page); ;)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await page.SettleAsync();
            var before = seen;
            seen = await SeenAsync(page);
            if (seen == before)
                return seen;
        }
    }

    private static async Task<string> SeenUntilAsync(BrowserPage page, string wanted)
    {
        var seen = "";
        for (var deadline = Eventually.Deadline; seen != wanted && DateTime.UtcNow < deadline;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            seen = await SeenAsync(page);
        }

        return seen;
    }
}
