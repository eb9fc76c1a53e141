using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>The common parts of a program that serves pages to people: addresses, logs, telemetry.</summary>
public static class PageHost
{
    private const string ThisMachine = "localhost;127.0.0.1;[::1]";

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
        builder.Configuration["AllowedHosts"] ??= ThisMachine;
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

    /// <summary>Maps what operators ask for, each at its own address.</summary>
    public static WebApplication MapManagement(this WebApplication app, Listener others)
    {
        app.UseListeners(others);
        app.MapOperators();
        return app;
    }
}
