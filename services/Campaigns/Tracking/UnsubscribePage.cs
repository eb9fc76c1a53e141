namespace TagSegments.Campaigns.Tracking;

/// <summary>The pages that people see when they unsubscribe. They show nothing about the contact.</summary>
internal static class UnsubscribePage
{
    public static IResult Ask() => Page(
        "Unsubscribe",
        """<p>Do you want to stop getting these messages?</p><form method="post"><button type="submit">Unsubscribe</button></form>""");

    public static IResult Done() => Page("Unsubscribed", "<p>You will get no more of these messages.</p>");

    public static IResult Outdated() => Page(
        "Not unsubscribed",
        "<p>You have subscribed again since this message. To unsubscribe, please use the link in a newer message.</p>",
        StatusCodes.Status410Gone);

    private static IResult Page(string title, string body, int status = StatusCodes.Status200OK) => new SafePage(
        status,
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta name="robots" content="noindex"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>
        """);

    private sealed class SafePage(int status, string html) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
            headers.CacheControl = "no-store";
            headers["Referrer-Policy"] = "no-referrer";
            httpContext.Response.StatusCode = status;
            headers.XContentTypeOptions = "nosniff";
            httpContext.Response.ContentType = "text/html; charset=utf-8";
            return httpContext.Response.WriteAsync(html, httpContext.RequestAborted);
        }
    }
}
