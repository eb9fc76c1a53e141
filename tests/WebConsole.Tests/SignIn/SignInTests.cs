using Crm.Accounts.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.WebConsole.Tests.SignIn;

/// <summary>People sign in at the identity provider of the services, and see only what they may do.</summary>
public sealed class SignInTests(SignInTests.Guarded guarded, Browser browser) : IClassFixture<SignInTests.Guarded>, IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_person_signs_in_at_the_provider_and_comes_back_to_where_she_was()
    {
        guarded.Provider.Flow.AccessToken = () => guarded.Provider.Token("acme", "contacts.read tags.write");
        await using var page = await browser.OpenAsync(guarded.Address);
        await page.GoAsync("/acme/tags");
        await page.ReadAsync(".problem", "Sign in");
        await page.PressAsync("Sign in");
        await page.ReadAsync("main", "127.0.0.1");
        await page.SeeAsync(".provider");
        await page.ShootAsync("sign-in-provider");
        Assert.Empty(await page.FindingsAsync());
        await SignInAsync(page);
        await page.ReadAsync("h1", "Tags");

        Assert.EndsWith("/acme/tags", page.Page.Url, StringComparison.Ordinal);
        await page.WriteAsync("input[name=new-tag]", "Signed in");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ReadAsync("td a", "Signed in");
        await page.PressAsync("Sign out");
        await page.ReadAsync(".problem", "Sign in");
        Assert.Empty(Errors(page));
        Assert.Empty(guarded.Provider.Flow.Refusals);
    }

    // The token stays on the server: a cookie of a few bytes cannot hold it, and scripts cannot read that.
    [BrowserFact]
    public async Task The_browser_gets_no_token()
    {
        var token = guarded.Provider.Token("acme", "contacts.read");
        guarded.Provider.Flow.AccessToken = () => token;
        await using var page = await browser.OpenAsync(guarded.Address);
        await page.GoAsync("/sign-in?returnUrl=%2Facme%2Fcampaigns");
        await SignInAsync(page);
        await page.ReadAsync("h1", "Campaigns");
        await page.SettleAsync();
        var session = (await page.Page.GetCookiesAsync(guarded.Address.ToString())).Single(cookie => cookie.Name == "tagsegments.session");

        Assert.True(session.HttpOnly);
        Assert.True(session.Value.Length < token.Length, $"{session.Value.Length} bytes of cookie, {token.Length} of token");
        Assert.DoesNotContain(token[..40], await page.Page.GetContentAsync(), StringComparison.Ordinal);
        Assert.Empty(Errors(page));
    }

    [BrowserTheory]
    [InlineData("contacts.read", "/acme/tags", "input[name=new-tag]", false)]
    [InlineData("contacts.read tags.write", "/acme/tags", "input[name=new-tag]", true)]
    [InlineData("contacts.read", "/acme/workflows/new", ".save-workflow", false)]
    [InlineData("contacts.read workflows.write", "/acme/workflows/new", ".save-workflow", true)]
    [InlineData("contacts.read campaigns.write", "/acme/campaigns/new", ".check", false)]
    [InlineData("contacts.read campaigns.write campaigns.send", "/acme/campaigns/new", ".check", true)]
    public async Task What_the_permissions_forbid_is_not_offered(string scope, string path, string offer, bool offered)
    {
        guarded.Provider.Flow.AccessToken = () => guarded.Provider.Token("acme", scope);
        await using var page = await browser.OpenAsync(guarded.Address);
        await page.GoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        await SignInAsync(page);
        await page.Page.WaitForFunctionAsync("() => document.querySelector('header nav')");
        await page.SeeAsync("h1");
        await page.SettleAsync();
        if (offered)
            await page.SeeAsync(offer);

        Assert.Equal(offered, await page.Page.QuerySelectorAsync(offer) is not null);
        Assert.Empty(Errors(page));
    }

    [BrowserFact]
    public async Task An_answer_that_nobody_asked_for_signs_nobody_in()
    {
        await using var page = await browser.OpenAsync(guarded.Address);
        await page.GoAsync("/sign-in/callback?code=stolen&state=forged");
        await page.ReadAsync("main [role=alert]", "did not work");

        Assert.DoesNotContain(await page.Page.GetCookiesAsync(guarded.Address.ToString()), cookie => cookie.Name == "tagsegments.session");
        Assert.Empty(Errors(page));
    }

    private static async Task SignInAsync(BrowserPage page)
    {
        await page.ClickAsync(".provider");
        await page.PressAsync("I am alice");
    }

    // The page of the provider is another site, and has no icon.
    private IEnumerable<string> Errors(BrowserPage page) =>
        page.Errors.Where(error => !error.Contains(guarded.Provider.Address.Authority, StringComparison.Ordinal) && !error.Contains("404", StringComparison.Ordinal));

    /// <summary>Services that trust an identity provider, and a console that signs people in there.</summary>
    public sealed class Guarded : IAsyncLifetime
    {
        private TestApps _apps = null!;
        private ConsoleProcess _console = null!;

        public IdentityProvider Provider { get; private set; } = null!;

        public Uri Address => _console.Address;

        public async Task InitializeAsync()
        {
            Provider = await IdentityProvider.StartAsync();
            _apps = await TestApps.StartAsync(new() { Settings = Provider.Settings });
            var headers = new Metadata { { "authorization", $"Bearer {Provider.Token("acme", "platform.admin")}" } };
            await _apps.Accounts.CreateAccountAsync(new CreateAccountRequest { Account = "acme" }, headers);
            _console = await ConsoleProcess.StartAsync(_apps, new Dictionary<string, string>
            {
                ["Auth:Authority"] = Provider.Address.ToString().TrimEnd('/'),
                ["Auth:ClientId"] = CodeFlow.Client,
                ["Auth:ClientSecret"] = CodeFlow.Secret,
            });
        }

        public async Task DisposeAsync()
        {
            await _console.DisposeAsync();
            await _apps.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
