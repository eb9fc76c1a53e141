using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Measures every gRPC call with its gRPC status, because a failed call is also a 200 in HTTP. The names follow
/// opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics.
/// </summary>
internal static class CallMetrics
{
    private static readonly Meter s_meter = new("TagSegments.ServiceDefaults");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "rpc.server.call.duration",
        "s",
        "Time from the request to the end of the answer, by rpc.method and rpc.response.status_code.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public static void UseCallMetrics(this WebApplication app) => app.Use(async (context, next) =>
    {
        var started = Stopwatch.GetTimestamp();
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } method)
        {
            s_duration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds,
                new("rpc.method", $"{method.ServiceName}/{method.Name}"),
                new("rpc.response.status_code", StatusOf(context)));
        }
    });

    // Calls that authentication rejects have no gRPC status.
    private static string StatusOf(HttpContext context) =>
        int.TryParse(context.Trailers()[CallTrailers.Status].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? ((StatusCode)status).ToString()
            : nameof(StatusCode.Unauthenticated);
}
