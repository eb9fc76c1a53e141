using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Stages;

/// <summary>Visits the console by HTTP, as far as that goes without a browser: its files, and the way to sign in.</summary>
internal static partial class ConsoleVisit
{
    private const string Host = "console.example.com";

    /// <summary>Through a forwarded port: people sign in with a token, and the page is a whole one.</summary>
    public static async Task ByTokenAsync(Installation installation)
    {
        using var http = Open(installation);
        http.BaseAddress = new($"http://localhost:{Ways.PortOf(Manifests.Console)}");
        var page = await ReadAsync(http, "/sign-in");
        var token = Token().Match(page).Groups["token"].Value;
        if (token.Length == 0)
            throw new ClusterException("the console: its page to sign in has no form.");
        foreach (var file in new[] { "/console.css", "/_framework/blazor.web.js", "/_content/Radzen.Blazor/css/standard-base.css" })
            await ReadAsync(http, file);

        // The keys of the form are those of the cookie: both have to be written where the pod may write.
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("token", "x"), new("returnUrl", "/")]);
        using var answer = await http.PostAsync("/sign-in", form);
        if (answer.StatusCode != HttpStatusCode.Redirect || !answer.Headers.TryGetValues("Set-Cookie", out var cookies) || !cookies.Any(cookie => cookie.StartsWith("tagsegments.session", StringComparison.Ordinal)))
            throw new ClusterException($"the console: nobody can sign in, {(int)answer.StatusCode}.");
        Console.WriteLine("  the console: it has its files, and people sign in with a token");
    }

    /// <summary>As the ingress does: people are sent to the identity provider and come back by the public name.</summary>
    public static async Task ByProviderAsync(Installation installation)
    {
        using var http = Open(installation);
        http.BaseAddress = new($"http://{Host}:{Ways.PortOf(Manifests.Console)}");
        http.DefaultRequestHeaders.Host = Host;
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var answer = await http.GetAsync("/sign-in/provider");
        var location = answer.Headers.Location?.AbsoluteUri ?? "";
        if (!location.StartsWith("https://login.example.com/authorize?", StringComparison.Ordinal)
            || !location.Contains("client_id=console&", StringComparison.Ordinal)
            || !location.Contains($"redirect_uri={Uri.EscapeDataString($"https://{Host}/sign-in/callback")}", StringComparison.Ordinal))
        {
            throw new ClusterException($"the console: nobody is sent to the identity provider, {(int)answer.StatusCode} {location}.");
        }

        using var other = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { Host = "evil.example" } };
        using var refused = await http.SendAsync(other);
        if (refused.StatusCode != HttpStatusCode.BadRequest)
            throw new ClusterException("the console: it answers to another name.");
        Console.WriteLine("  the console: it has its public name only, and sends people to the identity provider");
    }

    // Whatever the name, the connection goes to the pod.
    private static HttpClient Open(Installation installation) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(installation.Console.Address, Ways.PortOf(Manifests.Console), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static async Task<string> ReadAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode && text.Length > 100 ? text : throw new ClusterException($"the console: {path} answers {(int)answer.StatusCode}.");
    }

    [GeneratedRegex(@"name=""__RequestVerificationToken"" value=""(?<token>[^""]+)""")]
    private static partial Regex Token();
}
