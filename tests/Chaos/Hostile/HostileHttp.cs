using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>Hostile requests for the endpoints without gRPC: links in messages and the reports of mail providers.</summary>
internal sealed class HostileHttp(HttpClient http, string address, Tally tally)
{
    /// <summary>The keys that let the reports of some providers through to what reads them.</summary>
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["Webhooks:postmark:Key"] = Login,
        ["Webhooks:sparkpost:Key"] = Login,
    };

    private const string Login = "chaos:a password of the harness";
    private static readonly string[] s_providers = ["sendgrid", "mailgun", "postmark", "ses", "sparkpost", "generic", "nobody"];

    private static readonly HostileText[] s_bodies =
    [
        HostileText.Deep("["),
        HostileText.Deep("[", "1", "]"),
        HostileText.Deep("{\"a\":", "1", "}"),
        HostileText.Deep("[{\"msys\":", "1", "}]"),
        HostileText.Wide("a", "{\"RecordType\":\"Bounce\",\"MessageID\":\"", "\"}"),
        HostileText.Wide("9", "{\"RecordType\":\"Open\",\"ReceivedAt\":", "}"),
        HostileText.Wide("{\"RecordType\":\"Open\"},", "[", "{}]"),
        HostileText.Wide("{\"msys\":{\"message_event\":{\"type\":\"bounce\",\"rcpt_meta\":{},\"timestamp\":\"1e99\"}}},", "[", "{}]"),
        HostileText.Wide("{\"msys\":{\"track_event\":{\"type\":\"open\",\"rcpt_meta\":{\"message_id\":\"x\"},\"timestamp\":\"99999999999999999999\"}}},", "[", "{}]"),
        HostileText.Numbered("numbered members", i => $"\"k{i}\":{i},", "{", "\"k\":0}"),
        HostileText.Fixed("{\"RecordType\":{\"a\":[]},\"MessageID\":1,\"Metadata\":\"x\",\"ReceivedAt\":\"never\"}"),
        HostileText.Fixed("{\"Type\":\"Notification\",\"Message\":\"[[[[\",\"SigningCertURL\":\"https://127.0.0.1/\"}"),
        HostileText.Fixed("[{\"RecordType\":\"Bounce\",\"MessageID\":\"a\\u0000b\",\"Description\":\"\\ud800\"}]"),
        HostileText.Fixed("{\"RecordType\":\"Bounce\",\"MessageID\":\"a\\u0000b\",\"Description\":\"\\ud800\"}"),
        HostileText.Fixed("null"),
    ];

    /// <summary>Sends one request; any answer will do but a defect of the server.</summary>
    public async Task SendAsync(int number, Random random, TimeSpan limit)
    {
        using var request = Next(random, out var name, out var what);
        var started = Stopwatch.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit);
        var (status, isDefect) = await StatusAsync(request, deadline.Token);
        tally.AddHttp(name, status, $"{name}, request {number}, {what}", isDefect, Stopwatch.GetElapsedTime(started) - limit);
    }

    private async Task<(string Status, bool IsDefect)> StatusAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var answer = await http.SendAsync(request, ct);
            return (answer.StatusCode.ToString(), answer.StatusCode >= HttpStatusCode.InternalServerError);
        }
        catch (OperationCanceledException)
        {
            return ("DeadlineExceeded", false);
        }
        catch (HttpRequestException e)
        {
            // The server closes the connection of a request that is too large.
            return (e.HttpRequestError.ToString(), false);
        }
    }

    private HttpRequestMessage Next(Random random, out string name, out string what)
    {
        if (random.Next(2) == 0)
        {
            var provider = s_providers[random.Next(s_providers.Length)];
            var body = random.Next(4) == 0 ? PlainTexts.All[random.Next(PlainTexts.All.Count)] : s_bodies[random.Next(s_bodies.Length)];
            (name, what) = ($"HTTP POST /w/{provider}", body.Name);
            var report = new HttpRequestMessage(HttpMethod.Post, $"{address}/w/{provider}")
            {
                Content = new StringContent(body.Make(TextChoice.Size(random), random), Encoding.UTF8, "application/json"),
            };
            report.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)));
            return report;
        }

        var text = PlainTexts.All[random.Next(PlainTexts.All.Count)];
        var token = Uri.EscapeDataString(text.Make(Math.Min(TextChoice.Size(random), 8_000), random).Replace("\0", ""));
        var (method, path) = random.Next(4) switch
        {
            0 => (HttpMethod.Get, "/o/"),
            1 => (HttpMethod.Get, "/c/"),
            2 => (HttpMethod.Get, "/u/"),
            _ => (HttpMethod.Post, "/u/"),
        };
        (name, what) = ($"HTTP {method} {path}", text.Name);
        return new HttpRequestMessage(method, $"{address}{path}{token}");
    }
}
