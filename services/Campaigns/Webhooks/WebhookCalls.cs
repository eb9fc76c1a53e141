using System.Text.Json;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Takes in the calls of providers. Nothing is read before the provider is known to be switched on, nothing is parsed before the caller is known to be
/// the provider, and a key of an account reports about messages of that account only.
/// </summary>
internal sealed class WebhookCalls(
    WebhookKeys keys, WebhookIntake intake, WebhookSignatures signatures, SnsMessages sns, WebhookRecorder recorder)
{
    /// <summary>Takes in a call with a key of the account, or of the installation if there is no account.</summary>
    public async Task<IResult> ReceiveAsync(string name, string? account, HttpRequest request, CancellationToken ct)
    {
        if (WebhookProvider.Find(name) is not { } provider)
        {
            return Results.NotFound();
        }

        // Anything but success makes the provider try again later.
        try
        {
            return await ReceiveAsync(provider, account, request, ct);
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }
        catch (Exception e) when (IsForLater(e, ct))
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<IResult> ReceiveAsync(WebhookProvider provider, string? account, HttpRequest request, CancellationToken ct)
    {
        if (await keys.FindAsync(provider.Name, account, ct) is not { } key || !WebhookSignatures.MayRead(provider.Name, key.Value, request.Headers))
        {
            return Results.Unauthorized();
        }

        using var received = await intake.ReadAsync(request, provider.MostBytes, ct);
        if (received.Status != StatusCodes.Status200OK)
        {
            return Results.StatusCode(received.Status);
        }

        var body = received.Buffer.GetBuffer().AsMemory(0, (int)received.Buffer.Length);
        return provider.Name == "ses"
            ? await ReceiveSnsAsync(provider, key, body, ct)
            : signatures.IsValid(provider.Name, key.Value, request.Headers, body.Span)
                ? await RecordAsync(provider, key, body, ct)
                : Results.Unauthorized();
    }

    private async Task<IResult> ReceiveSnsAsync(WebhookProvider provider, WebhookKey key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        switch (await sns.ReadAsync(key.Value, body, ct))
        {
            case null:
                return Results.Unauthorized();
            case { Type: SnsMessages.Notification } message:
                return await RecordAsync(provider, key, System.Text.Encoding.UTF8.GetBytes(message.Text), ct);
            case { Type: SnsMessages.SubscriptionConfirmation } message:
                await sns.ConfirmAsync(message, ct);
                return Results.Ok();
            default:
                // The end of a subscription. Its address would begin it again.
                return Results.Ok();
        }
    }

    private async Task<IResult> RecordAsync(WebhookProvider provider, WebhookKey key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        using var document = JsonDocument.Parse(body);
        return Results.Json(new { recorded = await recorder.RecordAsync(provider.Name, provider.Read(document.RootElement), key.AccountId, ct) });
    }

    // Amazon, the database or the contact service is away, or too many callers are unknown.
    private static bool IsForLater(Exception e, CancellationToken ct) => e switch
    {
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => true,
        HttpRequestException or TooManyLookupsException => true,
        OperationCanceledException => !ct.IsCancellationRequested,
        NpgsqlException failure => DatabaseErrors.MayPass(failure),
        _ => false,
    };
}
