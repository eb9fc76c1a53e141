using System.Text.Json;
using Npgsql;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>The endpoint where providers report the outcomes of messages: <c>POST /w/{provider}</c>.</summary>
internal static class WebhookEndpoints
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<ProviderEvent>>> s_readers = new()
    {
        ["sendgrid"] = SendGridEvents.Read,
        ["mailgun"] = MailgunEvents.Read,
        ["postmark"] = PostmarkEvents.Read,
        ["ses"] = SesEvents.Read,
        ["sparkpost"] = SparkPostEvents.Read,
        ["generic"] = GenericEvents.Read,
    };

    /// <summary>Reads the events of a provider's payload.</summary>
    public static IEnumerable<ProviderEvent> Read(string provider, JsonElement payload) => s_readers[provider](payload);

    public static void MapWebhooks(this IEndpointRouteBuilder app) => app.MapPost("/w/{provider}", ReceiveAsync).AllowAnonymous();

    private static async Task<IResult> ReceiveAsync(
        string provider,
        HttpRequest request,
        WebhookIntake intake,
        WebhookSignatures signatures,
        SnsMessages sns,
        WebhookRecorder recorder,
        CancellationToken ct)
    {
        if (!s_readers.ContainsKey(provider))
        {
            return Results.NotFound();
        }

        if (!signatures.IsOn(provider))
        {
            return Results.Unauthorized();
        }

        using var received = await intake.ReadAsync(request, ct);
        if (received.Status != StatusCodes.Status200OK)
        {
            return Results.StatusCode(received.Status);
        }

        var body = received.Buffer.GetBuffer().AsMemory(0, (int)received.Buffer.Length);
        try
        {
            using var document = JsonDocument.Parse(body);
            return provider == "ses"
                ? await ReceiveSnsAsync(document.RootElement, sns, recorder, ct)
                : signatures.IsValid(provider, request.Headers, body.Span, document.RootElement)
                    ? await RecordAsync(provider, document.RootElement, recorder, ct)
                    : Results.Unauthorized();
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }
    }

    private static async Task<IResult> ReceiveSnsAsync(
        JsonElement message, SnsMessages sns, WebhookRecorder recorder, CancellationToken ct)
    {
        if (!await sns.IsValidAsync(message, ct))
        {
            return Results.Unauthorized();
        }

        if (message.Text("Type") == "SubscriptionConfirmation")
        {
            await sns.ConfirmAsync(message, ct);
            return Results.Ok();
        }

        using var notification = JsonDocument.Parse(message.Text("Message") ?? "{}");
        return await RecordAsync("ses", notification.RootElement, recorder, ct);
    }

    // Anything but success makes the provider try again later.
    private static async Task<IResult> RecordAsync(string provider, JsonElement payload, WebhookRecorder recorder, CancellationToken ct)
    {
        try
        {
            return Results.Json(new { recorded = await recorder.RecordAsync(provider, Read(provider, payload), ct) });
        }
        catch (NpgsqlException e) when (e.IsTransient || e.InnerException is IOException or TimeoutException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }
}
