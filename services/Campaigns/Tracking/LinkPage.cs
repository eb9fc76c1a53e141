namespace TagSegments.Campaigns.Tracking;

/// <summary>A page that people see when they follow a link in a message. It runs no script and shows nothing about the contact.</summary>
internal sealed class LinkPage(string title, string body, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>A page that asks; its button posts to the link.</summary>
    public static LinkPage Ask(string title, string question, string button) =>
        new(title, $"""<p>{question}</p><form method="post"><button type="submit">{button}</button></form>""");

    /// <summary>A page that says what has happened.</summary>
    public static LinkPage Say(string title, string text, int status = StatusCodes.Status200OK) => new(title, $"<p>{text}</p>", status);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        return httpContext.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="robots" content="noindex"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>
            """,
            httpContext.RequestAborted);
    }
}
