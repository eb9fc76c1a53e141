using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Radzen;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;
using TagSegments.WebConsole.Calls;
using TagSegments.WebConsole.Security;

namespace TagSegments.WebConsole;

/// <summary>The web console as a web application: its own program runs it, Standalone hosts it beside the services.</summary>
public static class WebConsoleApp
{
    private static readonly string[] s_languages = ["en", "de"];

    /// <summary>Builds the console; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = PageHost.CreateBuilder("console", "http://127.0.0.1:5100", args, settings);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(5);
            options.DisconnectedCircuitMaxRetained = 50;
        });
        builder.Services.AddRadzenComponents();
        builder.Services.AddLocalization();
        AddSignIn(builder);
        builder.Services.AddSingleton(ServiceAddresses.From(builder.Configuration));
        builder.Services.AddSingleton<Services>();
        builder.Services.AddScoped<Caller>();

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseOriginCheck();
        app.UseWhen(context => HttpMethods.IsGet(context.Request.Method), pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
        app.UseRequestLocalization(options => options.AddSupportedCultures(s_languages).AddSupportedUICultures(s_languages).SetDefaultCulture("en"));
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapPreferences(s_languages);
        app.MapSignIn();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapManagement(Listener.Http);
        return app;
    }

    private static void AddSignIn(WebApplicationBuilder builder)
    {
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "tagsegments.session";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.LoginPath = SignIn.Path;
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
        });
        var keys = builder.Services.AddDataProtection().SetApplicationName("tagsegments-console");
        if (builder.Configuration["Keys:Folder"] is { Length: > 0 } folder)
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
    }
}
