using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>The common parts of a program that serves pages to people: addresses, logs, telemetry.</summary>
public static class PageHost
{
    private const string ThisMachine = "localhost;127.0.0.1;[::1]";
    private static readonly char[] s_separator = [';'];

    /// <summary>
    /// Starts the builder of a program whose pages are at <c>Http:Address</c>. It answers only requests for the names in <c>AllowedHosts</c>, by
    /// default those of this machine. <paramref name="settings"/> override arguments, environment and files.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string name, string defaultAddress, string[] args, IReadOnlyDictionary<string, string?>? settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // The list of static files has the name of the program that is started.
            ApplicationName = Assembly.GetEntryAssembly()!.GetName().Name,
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (builder.Configuration["Settings:Folder"] is { Length: > 0 } folder)
            builder.Configuration.AddKeyPerFile(folder, optional: false);

        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Configuration["Http:Address"] ??= defaultAddress;
        // Only pages are for names: probes and Prometheus ask for the address of a pod.
        builder.Services.AddSingleton(new PageNames([.. (builder.Configuration["AllowedHosts"] ?? ThisMachine).Split(s_separator, StringSplitOptions.RemoveEmptyEntries)]));
        builder.Configuration["AllowedHosts"] = "*";
        ClearText.Refuse(builder.Configuration);
        // From the folder of a build, the files of packages are where they were restored.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(builder.Configuration);
        });
        builder.AddLogging();
        builder.AddTelemetry(name);
        builder.Services.AddHealthChecks();
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (builder.Configuration["Host:Signals"] == "off")
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();

        // Open pages would otherwise hold up the stop.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(3));
        return builder;
    }

    /// <summary>
    /// Begins the pipeline of pages: requests for other names than <c>AllowedHosts</c> are refused. With <c>Http:Forwarded</c>, an ingress ends TLS and says
    /// by <c>X-Forwarded-Proto</c> how people reach it; nothing else may reach this program then.
    /// </summary>
    public static WebApplication UsePages(this WebApplication app)
    {
        var names = app.Services.GetRequiredService<PageNames>().Names;
        app.UseWhen(context => Listeners.IsAt(context, Listener.Http), pages => pages.Use((context, next) =>
        {
            if (HostString.MatchesAny(context.Request.Host.Host, names))
                return next(context);

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }));
        if (app.Configuration.GetValue("Http:Forwarded", false))
        {
            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto };
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            app.UseForwardedHeaders(options);
        }

        return app;
    }

    /// <summary>
    /// Runs the program: <c>healthcheck</c> asks the running one at <c>Management:Address</c> and ends with 0 if it is ready; without a command, it runs
    /// until it is stopped.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        if (args is ["healthcheck", ..])
            return await IsReadyAsync() ? 0 : 1;

        await using var app = build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Maps what operators ask for, each at its own address.</summary>
    public static WebApplication MapManagement(this WebApplication app, Listener others)
    {
        app.UseListeners(others);
        app.MapOperators();
        return app;
    }

    private static async Task<bool> IsReadyAsync()
    {
        var address = new Uri(Environment.GetEnvironmentVariable("Management__Address") ?? throw new InvalidOperationException("Set Management__Address."));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{address.Port}/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return false;
        }
    }

    private sealed record PageNames(List<StringSegment> Names);
}
