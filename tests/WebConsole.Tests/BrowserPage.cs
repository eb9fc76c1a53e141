using System.Collections.Concurrent;
using System.Text.Json;
using Deque.AxeCore.Commons;
using PuppeteerSharp;
using PuppeteerSharp.Input;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>A tab. What its page reports to the browser's console is an error of the page: a script that failed, a file that the policy refused.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private static readonly int s_patience = (int)Eventually.Patience.TotalMilliseconds;
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string s_shots = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "console")).FullName;

    private readonly IBrowserContext _context;
    private readonly Uri _console;

    public BrowserPage(IBrowserContext context, IPage page, Uri console)
    {
        (_context, Page, _console) = (context, page, console);
        page.Console += (_, e) =>
        {
            if (e.Message.Type is ConsoleType.Error)
                Errors.Enqueue(e.Message.Text);
        };
        page.PageError += (_, e) => Errors.Enqueue(e.Message);
        page.Request += (_, e) =>
        {
            if (new Uri(e.Request.Url) is { Scheme: "http" or "https" } uri && uri.Authority != console.Authority)
                Errors.Enqueue($"asks {uri}");
        };
        page.DefaultTimeout = s_patience;
    }

    public IPage Page { get; }

    /// <summary>What went wrong in the page.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    /// <summary>Goes to an address of the console, and waits until its page has a title and the calls are answered.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GoToAsync(new Uri(_console, path).ToString());
        await SeeAsync("h1");
        await SettleAsync();
    }

    /// <summary>Waits until nothing in the page is busy.</summary>
    public async Task SettleAsync()
    {
        try
        {
            await Page.WaitForFunctionAsync("() => !document.querySelector('[aria-busy=true]')");
        }
        catch (WaitTaskTimeoutException e)
        {
            var busy = await Page.EvaluateExpressionAsync<string>("[...document.querySelectorAll('[aria-busy=true]')].map(busy => busy.outerHTML.slice(0, 300)).join(' ')");
            throw new TimeoutException($"Still busy at {Page.Url}: {busy} Errors: {string.Join(" ", Errors)}", e);
        }
    }

    /// <summary>Waits for an element.</summary>
    public Task SeeAsync(string selector) => Page.WaitForSelectorAsync(selector, new() { Visible = true, Timeout = s_patience });

    /// <summary>Waits for a text in the first element of a selector. A failure says what the page shows instead.</summary>
    public async Task ReadAsync(string selector, string text)
    {
        try
        {
            await Page.WaitForFunctionAsync("(selector, text) => document.querySelector(selector)?.textContent.includes(text)", selector, text);
        }
        catch (WaitTaskTimeoutException e)
        {
            await KeepPictureAsync("failed");
            throw new TimeoutException($"'{text}' never stood in {selector}. The page says: {await TextAsync("main")} Its errors: {string.Join(" ", Errors)}", e);
        }
    }

    /// <summary>Gets the text of the first element.</summary>
    public Task<string> TextAsync(string selector) => Page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector)?.textContent ?? ''", selector);

    /// <summary>Clicks the first element, once it can be clicked.</summary>
    public Task ClickAsync(string selector) => AgainIfDrawnAnewAsync(async () =>
    {
        await SeeAsync($"{selector}:not(:disabled)");
        await Page.ClickAsync(selector);
    });

    /// <summary>Clicks the option of an open list, the button or the link with a text.</summary>
    public Task PressAsync(string text) => PressAsync(text, "[role=option], button, a, [role=button]", s_patience);

    /// <summary>Opens a list and chooses the option with a text. A list closes when the page moves below it, so it is opened until the option is there.</summary>
    public async Task ChooseAsync(string list, string option)
    {
        for (var deadline = Eventually.Deadline; ;)
        {
            await ClickAsync(list);
            try
            {
                // Nothing else: a value in a table may have the same text.
                await PressAsync(option, "[role=option]", s_patience / 20);
                return;
            }
            catch (WaitTaskTimeoutException) when (DateTime.UtcNow < deadline)
            {
                // It is opened once more.
            }
        }
    }

    private Task PressAsync(string text, string selector, int patience) => AgainIfDrawnAnewAsync(async () =>
    {
        await using var found = await Page.WaitForFunctionAsync(
            """
            (text, selector) => [...document.querySelectorAll(selector)]
              .sort((a, b) => (b.role === 'option') - (a.role === 'option'))
              .find(e => e.textContent.replace(/\s+/g, ' ').trim() === text && !e.disabled && e.getClientRects().length)
            """,
            new WaitForFunctionOptions { Timeout = patience },
            text,
            selector);
        await ((IElementHandle)found).ClickAsync();
    });

    // A person clicks at a place. The driver clicks at an element, which may have been replaced since it was found.
    private static async Task AgainIfDrawnAnewAsync(Func<Task> click)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await click();
                return;
            }
            catch (PuppeteerException e) when (tries < 5 && e.Message.Contains("detached", StringComparison.Ordinal))
            {
                // It is looked for once more.
            }
        }
    }

    /// <summary>Writes into a box, in place of what it has.</summary>
    public async Task WriteAsync(string selector, string text)
    {
        await SeeAsync(selector);
        await Page.ClickAsync(selector, new ClickOptions { Count = 3 });
        await Page.Keyboard.PressAsync("Backspace");
        await Page.TypeAsync(selector, text);
    }

    /// <summary>Lists what axe-core finds by the rules of WCAG 2.2, levels A and AA, and texts with a place that nothing fills.</summary>
    public async Task<string[]> FindingsAsync()
    {
        await Page.EvaluateExpressionAsync(s_axe);
        var found = await Page.EvaluateFunctionAsync<JsonElement>(
            """
            async () => [...document.body.innerText.matchAll(/\{\d[^}]*\}/g)].map(place => `text: ${place}`).concat((await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations
              .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`)))
            """);
        return found.EnumerateArray().Select(finding => finding.GetString()!).ToArray();
    }

    /// <summary>Keeps a picture of the page for a person to look at: at rest, with all that was asked for. Without a connection nothing comes to rest.</summary>
    public async Task ShootAsync(string name)
    {
        if (!await Page.EvaluateExpressionAsync<bool>("document.documentElement.matches('.lost')"))
            await SettleAsync();
        // An answer that is drawn may lead to the next question, so for a moment nothing must change.
        await Page.EvaluateFunctionAsync(
            """
            () => new Promise(done => {
              const isMoving = () => document.getAnimations().some(move => move.playState === 'running' && move.effect.getComputedTiming().endTime !== Infinity);
              const isBusy = () => !document.documentElement.matches('.lost') && document.querySelector('[aria-busy=true]');
              let look = 0;
              const again = () => {
                clearTimeout(look);
                look = setTimeout(() => { if (isBusy() || isMoving()) again(); else { changes.disconnect(); done(); } }, 400);
              };
              const changes = new MutationObserver(again);
              changes.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
              again();
            })
            """);
        await KeepPictureAsync(name);
    }

    private Task KeepPictureAsync(string name) => Page.ScreenshotAsync(Path.Combine(s_shots, $"{name}.png"), new() { FullPage = true });
}
