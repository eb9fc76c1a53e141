using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace TagSegments.Workflows.Notifications;

/// <summary>
/// Calls webhooks: signed, within a time limit, without redirects, and only at public addresses. The address is checked when the connection
/// is made, so a name that resolves differently from one moment to the next gains nothing.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly WebhookSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookClient(WebhookSecrets secrets, NotificationOptions options, TimeProvider time)
    {
        (_secrets, _time) = (secrets, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(options.WebhookSeconds),
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, options.AllowPrivateAddresses, ct),
        };
        _http = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(options.WebhookSeconds),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    /// <summary>Posts a notification and returns the status of the answer; throws unless it is a success.</summary>
    public async Task<int> PostAsync(int accountId, Uri url, Notification notification, string deliveryId, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notification, s_json);
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("TagSegments-Signature", WebhookSecrets.Sign(await _secrets.GetAsync(accountId, ct), seconds, body));
        request.Headers.Add("TagSegments-Delivery", deliveryId);
        using var response = await SendAsync(request, ct);
        return response.IsSuccessStatusCode
            ? (int)response.StatusCode
            : throw new HttpRequestException($"The webhook answered {(int)response.StatusCode}.", null, response.StatusCode);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The webhook did not answer within {_http.Timeout.TotalSeconds} s.");
        }
        catch (HttpRequestException e) when (e.InnerException is WebhookRefusedException refused)
        {
            throw refused;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowPrivate, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, ct);
        var address = addresses.FirstOrDefault(address => allowPrivate || WebhookAddress.IsPublic(address))
            ?? throw new WebhookRefusedException($"{target.Host} is a private, local or reserved address.");
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, target.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            // After any failure: nothing else owns the socket yet.
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address that must not be called.</summary>
internal sealed class WebhookRefusedException(string message) : Exception(message);
