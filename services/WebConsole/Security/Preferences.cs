using Microsoft.AspNetCore.Localization;

namespace TagSegments.WebConsole.Security;

/// <summary>How a person wants to see the console; kept in cookies. Changing it reads the page again, so that all of it changes.</summary>
internal static class Preferences
{
    public const string ThemeCookie = "tagsegments.theme";
    public const string Light = "light";
    public const string Dark = "dark";

    public static void MapPreferences(this WebApplication app, string[] languages)
    {
        app.MapGet("/preferences/theme/{theme}", (string theme, string? returnUrl, HttpContext context) =>
        {
            if (theme is Light or Dark)
                context.Response.Cookies.Append(ThemeCookie, theme, Kept(context));
            return Results.LocalRedirect(LocalAddress.Of(returnUrl));
        });
        app.MapGet("/preferences/language/{language}", (string language, string? returnUrl, HttpContext context) =>
        {
            if (languages.Contains(language))
            {
                context.Response.Cookies.Append(
                    CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new(language)), Kept(context));
            }

            return Results.LocalRedirect(LocalAddress.Of(returnUrl));
        });
    }

    private static CookieOptions Kept(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        MaxAge = TimeSpan.FromDays(365),
    };
}
