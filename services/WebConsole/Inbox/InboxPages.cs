using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Auth.V1;
using Microsoft.AspNetCore.Components.Authorization;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Inbox;

/// <summary>
/// The HTML parts of messages, each as a page of its own for a frame: it has no scripts, asks nobody for anything, and its links open elsewhere.
/// </summary>
internal static partial class InboxPages
{
    // In a sandbox the page has no origin, so it reaches nothing of the console.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox";

    public static string AddressOf(string account, long number) =>
        $"/{Uri.EscapeDataString(account)}/inbox/{number.ToString(CultureInfo.InvariantCulture)}/html";

    public static void MapInbox(this WebApplication app)
    {
        if (app.Services.GetService<IInbox>() is not { } inbox)
            return;

        app.MapGet("/{account}/inbox/{number:long}/html", async (string account, long number, HttpContext context, Services services) =>
        {
            var rights = new CallerRights(new Caller(services, new RequestUser(context)));
            if (!await rights.HasAsync(account, Permission.PlatformAdmin) || inbox.Find(number) is not { } message)
                return Results.NotFound();

            context.Response.Headers.ContentSecurityPolicy = Policy;
            return Results.Text($"<!DOCTYPE html><base target=\"_blank\">{WithoutImages(message.Html)}", "text/html; charset=utf-8");
        });
    }

    /// <summary>Leaves out the images of other places, as mail programs do until their reader asks; the policy would refuse them.</summary>
    public static string WithoutImages(string html) =>
        Images().Replace(html, image => image.Value.Contains("=\"data:", StringComparison.OrdinalIgnoreCase) ? image.Value : "");

    [GeneratedRegex("<img\\b[^>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Images();

    // The session's own provider knows the person in pages only.
    private sealed class RequestUser(HttpContext context) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(context.User));
    }
}
