using PuppeteerSharp;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>A headless Chromium, where the machine has one: <c>CHROMIUM</c> names its program, otherwise the usual places count.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IBrowser? _browser;

    /// <summary>The program; null if there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("CHROMIUM") ?? s_places.FirstOrDefault(File.Exists);

    public async Task InitializeAsync() => _browser = Program is null ? null : await Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = Program,
        Headless = true,
        // On a cold machine it starts slowly.
        Timeout = (int)Eventually.Patience.TotalMilliseconds,
        // The program may run as root, in a container without shared memory.
        Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"],
    });

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
    }

    /// <summary>Opens a tab of its own cookies.</summary>
    public async Task<BrowserPage> OpenAsync(Uri console, int width = 1280, bool dark = false, string language = "en")
    {
        var context = await _browser!.CreateBrowserContextAsync();
        var page = await context.NewPageAsync();
        await page.SetViewportAsync(new() { Width = width, Height = width < 600 ? 800 : 900 });
        await page.SetExtraHttpHeadersAsync(new() { ["Accept-Language"] = language });
        await page.SetCookieAsync(new CookieParam { Name = "tagsegments.theme", Value = dark ? "dark" : "light", Url = console.ToString() });
        return new(context, page, console);
    }
}

/// <summary>A test in a browser; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = BrowserTheoryAttribute.Reason;
}

/// <summary>A theory in a browser; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    internal static readonly string? Reason = Browser.Program is null ? "There is no Chromium on this machine: install it, or name its program in CHROMIUM." : null;

    public BrowserTheoryAttribute() => Skip = Reason;
}
