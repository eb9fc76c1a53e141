using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Security;

/// <summary>
/// Signs people in with an access token of the services. The token is kept in an encrypted cookie that scripts cannot read; the services check
/// it at each call.
/// </summary>
internal static class SignIn
{
    public const string Path = "/sign-in";

    public static void MapSignIn(this WebApplication app)
    {
        app.MapPost(Path, SignInAsync);
        app.MapPost("/sign-out", SignOutAsync);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, [FromForm] string token, [FromForm] string? returnUrl)
    {
        var person = new ClaimsIdentity([new(Caller.TokenClaim, token.Trim())], "token");
        await context.SignInAsync(new ClaimsPrincipal(person));
        return Results.LocalRedirect(LocalAddress.Of(returnUrl));
    }

    // The form only carries the antiforgery token.
    private static async Task<IResult> SignOutAsync(HttpContext context, [FromForm] string? returnUrl)
    {
        await context.SignOutAsync();
        // The next person at this browser does not find the drafts of this one.
        context.Response.Headers["Clear-Site-Data"] = "\"storage\"";
        return Results.LocalRedirect(LocalAddress.Of(returnUrl));
    }
}
