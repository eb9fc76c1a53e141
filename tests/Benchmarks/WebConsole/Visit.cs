using System.Diagnostics;
using PuppeteerSharp;
using TagSegments.WebConsole.Tests;
using Browser = TagSegments.WebConsole.Tests.Browser;

namespace TagSegments.Benchmarks.WebConsole;

/// <summary>A page: its address, what it is for, and where the count of its filter stands.</summary>
internal sealed record Place(string Path, string Content, string Count);

/// <summary>A visit of a page: how long it took until what it is for was painted, and how many bytes came over the line.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly BrowserPage _page;
    private readonly Place _place;
    private readonly Uri _console;

    private Visit(BrowserPage page, Uri console, Place place) => (_page, _console, _place) = (page, console, place);

    public double Milliseconds { get; private set; }

    public double Bytes { get; private set; }

    /// <summary>Visits the page with an empty cache.</summary>
    public static async Task<Visit> ToAsync(Browser browser, Uri console, Place place)
    {
        var visit = new Visit(await browser.OpenAsync(console), console, place);
        await visit.GoAsync();
        return visit;
    }

    /// <summary>Visits it again, with what the browser has kept.</summary>
    public async Task<Visit> AgainAsync()
    {
        var visit = new Visit(_page, _console, _place);
        await _page.Page.GoToAsync("about:blank");
        await visit.GoAsync();
        return visit;
    }

    /// <summary>Writes a filter and waits for its count.</summary>
    public async Task WriteAsync(string filter)
    {
        await _page.WriteAsync("#filter", filter);
        // The last keys are reported a moment later.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await _page.SettleAsync();
    }

    /// <summary>Writes a filter and returns the milliseconds from its last key until its count is shown.</summary>
    public async Task<double> CountAfterAsync(string filter)
    {
        await WriteAsync(filter[..^1]);
        await _page.Page.EvaluateFunctionAsync(
            """
            selector => {
              const count = document.querySelector(selector), before = count.textContent;
              window.counted = new Promise((counted, failed) => {
                let key;
                setTimeout(() => failed(new Error(`The count stayed ${before} after ${document.querySelector('#filter').value}`)), 20000);
                document.querySelector('#filter').addEventListener('input', () => key = performance.now(), { once: true });
                new MutationObserver((_, observer) => {
                  if (key === undefined || count.textContent === before) return;
                  observer.disconnect();
                  counted(performance.now() - key);
                }).observe(count, { subtree: true, childList: true, characterData: true });
              });
            }
            """,
            _place.Count);
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
        await _page.Page.GoToAsync(new Uri(_console, _place.Path).ToString(), new NavigationOptions { WaitUntil = [WaitUntilNavigation.DOMContentLoaded] });
        await _page.SeeAsync(_place.Content);
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
