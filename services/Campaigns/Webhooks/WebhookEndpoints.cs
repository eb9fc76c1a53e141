namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// The endpoints where providers report the outcomes of messages: <c>POST /w/{provider}/{account}</c> with the account's own key, and
/// <c>POST /w/{provider}</c> with the key of the installation.
/// </summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        app.MapPost("/w/{provider}", (string provider, HttpRequest request, WebhookCalls calls, CancellationToken ct) =>
            calls.ReceiveAsync(provider, null, request, ct)).AllowAnonymous();
        app.MapPost("/w/{provider}/{account}", (string provider, string account, HttpRequest request, WebhookCalls calls, CancellationToken ct) =>
            calls.ReceiveAsync(provider, account, request, ct)).AllowAnonymous();
    }
}
