using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TagSegments.ServiceDefaults.Logs;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds logs, metrics and traces.</summary>
internal static class Telemetry
{
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LoggerFactory>();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            provider => new PrivateLoggerFactory(provider.GetRequiredService<LoggerFactory>())));
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(builder.Configuration.GetValue("Logging:Level", LogLevel.Information));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        if (builder.Configuration["Logging:Format"] == "json")
        {
            builder.Logging.AddJsonConsole(options => options.IncludeScopes = true);
        }
        else
        {
            builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        }
    }

    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceNamespace: "tagsegments"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", "TagSegments.*")
                .AddPrometheusExporter());
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            telemetry
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource("Npgsql", "TagSegments.*"))
                .UseOtlpExporter();
        }
    }
}
