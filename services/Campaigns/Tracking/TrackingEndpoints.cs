using Crm.Activity.V1;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// The targets of the links in messages, over HTTP: <c>/o/</c> the open pixel, <c>/c/</c> a link, <c>/u/</c> the unsubscribe page. A token that is
/// not ours gets 404, for any fault.
/// </summary>
internal static class TrackingEndpoints
{
    private static readonly byte[] s_pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void MapTracking(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/o/{token}", ["GET", "HEAD"], Open).AllowAnonymous();
        app.MapMethods("/c/{token}", ["GET", "HEAD"], Click).AllowAnonymous();
        app.MapGet("/u/{token}", (string token, TrackingTokens tokens) =>
            tokens.Read(TokenPurpose.Unsubscribe, token) is null ? Results.NotFound() : UnsubscribePage.Ask()).AllowAnonymous();
        app.MapPost("/u/{token}", UnsubscribeAsync).AllowAnonymous();
    }

    private static IResult Open(string token, HttpRequest request, TrackingTokens tokens, Tracker tracker)
    {
        if (tokens.Read(TokenPurpose.Open, token) is not { } target)
        {
            return Results.NotFound();
        }

        tracker.Track(target, Activity.Types.Kind.Opened, request);
        request.HttpContext.Response.Headers.CacheControl = "no-store, private";
        return Results.Bytes(s_pixel, "image/gif");
    }

    // The target comes out of the token, never from the request: it cannot be made to lead anywhere else.
    private static IResult Click(string token, HttpRequest request, TrackingTokens tokens, Tracker tracker)
    {
        if (tokens.Read(TokenPurpose.Click, token) is not { } target)
        {
            return Results.NotFound();
        }

        tracker.Track(target, Activity.Types.Kind.Clicked, request);
        return Results.Redirect(LinkTarget.ToAscii(target.Url));
    }

    // Mail scanners follow every link, so only a POST acts: from the page, or the one-click of RFC 8058. What is refused is not answered with the
    // page: whoever sees it is unsubscribed.
    private static async Task<IResult> UnsubscribeAsync(
        string token, TrackingTokens tokens, TrackingLimits limits, Unsubscriber unsubscriber, CancellationToken ct)
    {
        if (tokens.Read(TokenPurpose.Unsubscribe, token) is not { } target || limits.IsErased(target.AccountId))
        {
            return Results.NotFound();
        }

        if (!limits.MayAct(target))
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        return await unsubscriber.UnsubscribeAsync(target, ct) switch
        {
            UnsubscribeOutcome.Done => UnsubscribePage.Done(),
            UnsubscribeOutcome.Outdated => UnsubscribePage.Outdated(),
            UnsubscribeOutcome.Erased => UnsubscribePage.Erased(),
            _ => Results.NotFound(),
        };
    }
}
