namespace TagSegments.WebConsole.Security;

/// <summary>Refuses requests that the page of another site makes: browsers let it open a socket to any address, with the person's cookies.</summary>
internal static class OriginCheck
{
    public static void UseOriginCheck(this WebApplication app) => app.Use((context, next) =>
    {
        if (IsForeign(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    });

    // A page is read without an origin; everything that opens a socket or changes something has one. The host is one of AllowedHosts.
    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [var origin] && (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Authority != Authority(request.Host, uri.Scheme));

    // An origin does not name the usual port of its scheme.
    private static string Authority(HostString host, string scheme) =>
        (scheme, host.Port) is ("http", 80) or ("https", 443) ? host.Host : host.Value ?? "";
}
