using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TagSegments.ServiceDefaults.Egress;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Delivery;

/// <summary>
/// Hands text messages to a provider over HTTP: a POST of <c>{"id", "to", "from", "text"}</c>, the number with its digits only, signed like many
/// webhooks, with <c>X-Timestamp</c> and <c>X-Signature</c> = hex HMAC-SHA256 of <c>timestamp.body</c>. 2xx accepts, 429 and 5xx defer, other
/// answers refuse.
/// </summary>
internal sealed class SmsTransport(EgressClient egress, SmsOptions sms, DeliveryOptions delivery, TimeProvider time) : ITransport
{
    public bool IsReady => true;

    public Task<bool> WaitUntilReadyAsync(CancellationToken ct) => Task.FromResult(!ct.IsCancellationRequested);

    public async Task<HandoverResult> SendAsync(OutgoingMessage message, Action begin)
    {
        if (!Uri.TryCreate(sms.Url, UriKind.Absolute, out var url))
        {
            return HandoverResult.Failed(Reason.Rejected, "No SMS provider is configured (Sms:Url).");
        }

        HttpRequestMessage request;
        try
        {
            request = CreateRequest(message);
        }
        catch (Exception e)
        {
            return HandoverResult.NotMade(e);
        }

        using (request)
        {
            return await SendAsync(url, request, begin);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<HandoverResult> SendAsync(Uri url, HttpRequestMessage request, Action begin)
    {
        try
        {
            return Judge(await egress.SendAsync(
                EgressCaller.Operator,
                url,
                _ =>
                {
                    begin();
                    return Task.FromResult(request);
                },
                delivery.HandOverTimeout,
                CancellationToken.None));
        }
        catch (Exception e) when (e is AddressRefusedException or DestinationBusyException)
        {
            // The request was not made. The operator may allow the address in the meantime.
            return HandoverResult.Deferred(e.Message);
        }
        catch (HttpRequestException e) when (e.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            // The request never left.
            return HandoverResult.Deferred(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            return HandoverResult.Unknown(e.Message);
        }
    }

    private static HandoverResult Judge(HttpStatusCode status)
    {
        var detail = $"{(int)status} {status}";
        return (int)status switch
        {
            >= 200 and < 300 => HandoverResult.Accepted(detail),
            408 or 429 or >= 500 => HandoverResult.Deferred(detail),
            _ => HandoverResult.Failed(Reason.Rejected, detail),
        };
    }

    private HttpRequestMessage CreateRequest(OutgoingMessage message)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id = message.MessageId, to = Address.Key(Crm.Common.V1.Channel.Sms, message.Address), from = sms.From, text = message.Text });
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(sms.Secret), signed);
        var request = new HttpRequestMessage(HttpMethod.Post, sms.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", message.MessageId);
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature", Convert.ToHexStringLower(signature));
        return request;
    }
}

/// <summary>The SMS provider: section <c>Sms</c> of the configuration.</summary>
internal sealed class SmsOptions
{
    /// <summary>Where messages are posted to.</summary>
    public string Url { get; set; } = "";

    /// <summary>The secret that signs requests.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The sender that recipients see.</summary>
    public string From { get; set; } = "";
}
