using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;

namespace TagSegments.WebConsole.Tests;

/// <summary>What the console serves, and what it refuses, before a browser runs anything.</summary>
[Collection(ConsoleCollection.Name)]
public sealed partial class HostTests(ConsoleServer console) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = console.Address };

    public void Dispose() => _http.Dispose();

    // From the folder of a build, static files once had no content.
    [Fact]
    public async Task Every_file_that_a_page_links_has_content()
    {
        var page = await _http.GetStringAsync("/demo");
        var files = Links().Matches(page).Select(link => link.Groups[1].Value).ToList();

        Assert.Contains(files, file => file.StartsWith("_framework/blazor.web.", StringComparison.Ordinal));
        Assert.Contains(files, file => file.StartsWith("_content/Radzen.Blazor/css/standard-base.", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.True((await _http.GetByteArrayAsync(file)).Length > 100, file);
    }

    [Fact]
    public async Task Nothing_comes_from_elsewhere_and_nobody_frames_a_page()
    {
        using var page = await _http.GetAsync("/");
        var policy = page.Headers.GetValues("Content-Security-Policy").First();

        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", await page.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task The_page_of_another_site_opens_no_session(string? origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", origin ?? console.Address.GetLeftPart(UriPartial.Authority));
        using var answer = await _http.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task The_page_of_another_site_opens_no_socket()
    {
        var socket = new UriBuilder(console.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;
        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", console.Address.GetLeftPart(UriPartial.Authority));
        await own.ConnectAsync(socket, CancellationToken.None);
        Assert.Equal(WebSocketState.Open, own.State);

        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "http://evil.example");
        foreign.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(socket, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.HttpStatusCode);
    }

    // A name that leads to this machine by somebody else's name server (DNS rebinding).
    [Fact]
    public async Task A_request_by_another_name_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "evil.example" } };
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_without_the_antiforgery_token_signs_nobody_in()
    {
        using var form = new FormUrlEncodedContent([new("token", "x")]);
        using var answer = await _http.PostAsync("/sign-in", form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task A_link_never_leads_away(string elsewhere)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = console.Address };
        using var answer = await http.GetAsync($"/preferences/theme/dark?returnUrl={Uri.EscapeDataString(elsewhere)}");

        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task The_language_is_that_of_the_browser()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { { "Accept-Language", "de-AT" } } };
        using var answer = await _http.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("<html lang=\"de\">", page, StringComparison.Ordinal);
        Assert.Contains("Zugriffstoken", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?:href|src)=\"((?:_content|_framework|console|favicon|reconnect)[^\"]*)\"")]
    private static partial Regex Links();
}
