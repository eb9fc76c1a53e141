using System.Net.Http.Headers;
using System.Text.Json;
using TagSegments.ServiceDefaults.Egress;

namespace TagSegments.Workflows.Notifications;

/// <summary>Calls webhooks: signed, within a time limit, at public addresses, and no host more often than it can take.</summary>
internal sealed class WebhookClient(WebhookSecrets secrets, EgressClient egress, NotificationOptions options, TimeProvider time)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>
    /// Posts a notification, which is made once there is room for the call, and returns the status of the answer; throws unless it is a success.
    /// </summary>
    public async Task<int> PostAsync(
        AccountInfo account, Uri url, Func<CancellationToken, Task<Notification>> makeNotification, string deliveryId, CancellationToken ct)
    {
        try
        {
            var status = await egress.SendAsync(
                new EgressCaller(account.Id, account.Limits.WebhooksPerSecond),
                url,
                async token => CreateRequest(url, await makeNotification(token), await secrets.GetAsync(account.Id, token), deliveryId),
                TimeSpan.FromSeconds(options.WebhookSeconds),
                ct);
            return (int)status is >= 200 and < 300
                ? (int)status
                : throw new HttpRequestException($"The webhook answered {(int)status}.", null, status);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The webhook did not answer within {options.WebhookSeconds} s.");
        }
    }

    private HttpRequestMessage CreateRequest(Uri url, Notification notification, string secret, string deliveryId)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notification, s_json);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("TagSegments-Signature", WebhookSecrets.Sign(secret, time.GetUtcNow().ToUnixTimeSeconds(), body));
        request.Headers.Add("TagSegments-Delivery", deliveryId);
        return request;
    }
}
