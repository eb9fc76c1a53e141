using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Radzen;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;
using TagSegments.WebConsole.Calls;
using TagSegments.WebConsole.Inbox;
using TagSegments.WebConsole.Parts;
using TagSegments.WebConsole.Security;

namespace TagSegments.WebConsole;

/// <summary>The web console as a web application: its own program runs it, Standalone hosts it beside the services.</summary>
public static class WebConsoleApp
{
    // A filter with 10,000 values, pasted into its box.
    private const int LongestText = 1024 * 1024;
    private const int LongestAddress = 128 * 1024;

    private static readonly string[] s_languages = ["en", "de"];

    /// <summary>
    /// Builds the console; <paramref name="settings"/> win over files, environment and arguments. With an <paramref name="inbox"/>, people see the
    /// messages of a development mail server.
    /// </summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null, IInbox? inbox = null)
    {
        var builder = PageHost.CreateBuilder("console", "http://127.0.0.1:5100", args, settings);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(5);
            options.DisconnectedCircuitMaxRetained = 50;
        }).AddHubOptions(options =>
        {
            options.MaximumReceiveMessageSize = LongestText;
            // The browser takes a silence of three of them for a lost connection (reconnect.js).
            options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        });
        // The address keeps what a person edits; it is read again after a lost connection.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = LongestAddress);
        builder.Services.AddRadzenComponents();
        builder.Services.AddLocalization();
        AddSignIn(builder);
        builder.Services.AddSingleton(ServiceAddresses.From(builder.Configuration));
        builder.Services.AddSingleton<Services>();
        builder.Services.AddScoped<Caller>();
        builder.Services.AddScoped<CallerRights>();
        builder.Services.AddScoped<Drafts>();
        builder.Services.AddScoped<PageAddress>();
        if (inbox is not null)
            builder.Services.AddSingleton(inbox);

        var app = builder.Build();
        app.UsePages();
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
        IdentityProvider.Map(app);
        app.MapInbox();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapManagement(Listener.Http);
        return app;
    }

    private static void AddSignIn(WebApplicationBuilder builder)
    {
        var provider = IdentityProvider.From(builder.Configuration);
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddAuthorization();
        var authentication = builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "tagsegments.session";
            // A person comes back from the provider by a link of another site.
            options.Cookie.SameSite = provider is null ? SameSiteMode.Strict : SameSiteMode.Lax;
            options.LoginPath = SignIn.Path;
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
        });
        if (provider is not null)
        {
            provider.AddTo(authentication);
            builder.Services.AddSingleton(provider);
            builder.Services.AddSingleton<ServerSessions>();
            builder.Services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
                .Configure<ServerSessions>((options, sessions) => (options.SessionStore, options.SlidingExpiration) = (sessions, false));
        }

        var keys = builder.Services.AddDataProtection().SetApplicationName("tagsegments-console");
        if (builder.Configuration["Keys:Folder"] is { Length: > 0 } folder)
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
    }
}
