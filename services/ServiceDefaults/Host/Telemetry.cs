using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TagSegments.ServiceDefaults.Logs;
using TagSegments.ServiceDefaults.Traces;

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
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (builder.Configuration["Logging:Format"] == "json")
        {
            builder.Logging.AddJsonConsole(options => options.IncludeScopes = true);
        }
        else
        {
            builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        }
    }

    /// <summary>
    /// Adds the metrics, and the traces if there is a receiver: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>Telemetry:TraceFile</c>. Both are those of the
    /// process, so a process with several services gives the receiver to one of them.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var name = builder.Configuration["Telemetry:ServiceName"] ?? serviceName;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name, serviceNamespace: "tagsegments"))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", "TagSegments.*")
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddPrometheusExporter());
        var file = builder.Configuration["Telemetry:TraceFile"];
        var isSent = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (isSent || file is { Length: > 0 })
        {
            telemetry.WithTracing(tracing => tracing.AddSources(builder.Configuration.GetValue("Telemetry:TraceShare", 1.0)));
        }

        if (file is { Length: > 0 })
        {
            telemetry.WithTracing(tracing => tracing.AddProcessor(
                new BatchActivityExportProcessor(new TraceFile(file, name), maxQueueSize: 20_000, scheduledDelayMilliseconds: 500)));
        }

        if (isSent)
        {
            telemetry.UseOtlpExporter();
        }
    }

    private static void AddSources(this TracerProviderBuilder tracing, double share) => tracing
        .SetSampler(new TraceSampler(share))
        .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
        // The call's own span is the parent of the other service's, and not that of the HTTP request.
        .AddGrpcClientInstrumentation(options => options.SuppressDownstreamInstrumentation = true)
        .AddRedisInstrumentation(options => options.FlushInterval = TimeSpan.FromSeconds(1))
        .ConfigureRedisInstrumentation(RedisTraces.Use)
        .AddSource("Npgsql", "TagSegments.*")
        .AddProcessor(new FinishedSpans());

    // The paths of links in messages are secrets. A stream that watches lasts for hours and would be one endless trace.
    private static bool IsTraced(HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true
        && !context.Request.Path.StartsWithSegments("/grpc.health.v1.Health")
        && !context.Request.Path.Value!.Contains("/Watch", StringComparison.Ordinal);
}
