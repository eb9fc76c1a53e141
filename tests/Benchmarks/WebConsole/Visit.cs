using System.Diagnostics;
using PuppeteerSharp;
using TagSegments.WebConsole.Tests;
using Browser = TagSegments.WebConsole.Tests.Browser;

namespace TagSegments.Benchmarks.WebConsole;

/// <summary>A visit of the contacts page: how long it took until the first row was painted, and how many bytes came over the line.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly BrowserPage _page;
    private readonly string _path;
    private readonly Uri _console;

    private Visit(BrowserPage page, Uri console, string path) => (_page, _console, _path) = (page, console, path);

    public double Milliseconds { get; private set; }

    public double Bytes { get; private set; }

    /// <summary>Visits the page with an empty cache.</summary>
    public static async Task<Visit> ToAsync(Browser browser, Uri console, string path)
    {
        var visit = new Visit(await browser.OpenAsync(console), console, path);
        await visit.GoAsync();
        return visit;
    }

    /// <summary>Visits it again, with what the browser has kept.</summary>
    public async Task<Visit> AgainAsync()
    {
        var visit = new Visit(_page, _console, _path);
        await _page.Page.GoToAsync("about:blank");
        await visit.GoAsync();
        return visit;
    }

    /// <summary>Writes a filter and waits for its count.</summary>
    public async Task WriteAsync(string filter)
    {
        await _page.WriteAsync("#filter", filter);
        await _page.SettleAsync();
    }

    /// <summary>Writes a filter and returns the milliseconds from its last key until its count is shown.</summary>
    public async Task<double> CountAfterAsync(string filter)
    {
        await WriteAsync(filter[..^1]);
        await _page.Page.EvaluateFunctionAsync(
            """
            () => {
              const count = document.querySelector('.count'), before = count.textContent;
              window.counted = new Promise(counted => {
                let key;
                document.querySelector('#filter').addEventListener('input', () => key = performance.now(), { once: true });
                new MutationObserver((_, observer) => {
                  if (key === undefined || count.textContent === before || count.ariaBusy === 'true') return;
                  observer.disconnect();
                  counted(performance.now() - key);
                }).observe(count, { subtree: true, childList: true, characterData: true, attributes: true });
              });
            }
            """);
        await _page.Page.Keyboard.TypeAsync(filter[^1..]);
        var milliseconds = await _page.Page.EvaluateExpressionAsync<double>("window.counted");
        await _page.SettleAsync();
        return milliseconds;
    }

    public async ValueTask DisposeAsync() => await _page.DisposeAsync();

    private async Task GoAsync()
    {
        await using var session = new BytesOf(await _page.Page.CreateCDPSessionAsync());
        await session.StartAsync();
        var watch = Stopwatch.StartNew();
        await _page.Page.GoToAsync(new Uri(_console, _path).ToString(), new NavigationOptions { WaitUntil = [WaitUntilNavigation.DOMContentLoaded] });
        await _page.SeeAsync(".contact-table td a");
        Milliseconds = watch.Elapsed.TotalMilliseconds;
        await _page.SettleAsync();
        Bytes = session.Sum;
    }

    // Counts what the browser receives, compressed as it comes.
    private sealed class BytesOf(ICDPSession session) : IAsyncDisposable
    {
        public double Sum { get; private set; }

        public Task StartAsync()
        {
            session.MessageReceived += Count;
            return session.SendAsync("Network.enable");
        }

        public async ValueTask DisposeAsync()
        {
            session.MessageReceived -= Count;
            await session.DetachAsync();
        }

        private void Count(object? sender, MessageEventArgs message)
        {
            if (message.MessageID == "Network.loadingFinished")
                Sum += message.MessageData.GetProperty("encodedDataLength").GetDouble();
        }
    }
}
