namespace TagSegments.Campaigns.Tracking;

/// <summary>The pages that people see when they unsubscribe. They show nothing about the contact.</summary>
internal static class UnsubscribePage
{
    public static IResult Ask() => Page(
        "Unsubscribe",
        """<p>Do you want to stop getting these messages?</p><form method="post"><button type="submit">Unsubscribe</button></form>""");

    public static IResult Done() => Page("Unsubscribed", "<p>You will get no more of these messages.</p>");

    private static IResult Page(string title, string body) => new SafePage(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta name="robots" content="noindex"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>
        """);

    private sealed class SafePage(string html) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
            headers.CacheControl = "no-store";
            headers["Referrer-Policy"] = "no-referrer";
            headers.XContentTypeOptions = "nosniff";
            httpContext.Response.ContentType = "text/html; charset=utf-8";
            return httpContext.Response.WriteAsync(html, httpContext.RequestAborted);
        }
    }
}
