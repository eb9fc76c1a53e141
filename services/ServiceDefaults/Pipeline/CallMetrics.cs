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

    private static readonly Counter<long> s_faults = s_meter.CreateCounter<long>(
        "tagsegments.calls.faults", "{call}", "Calls that failed and not by a fault of their caller, by rpc.response.status_code.");

    private static readonly string[] s_faulty =
    [
        nameof(StatusCode.Unknown), nameof(StatusCode.DeadlineExceeded), nameof(StatusCode.Unimplemented), nameof(StatusCode.Internal),
        nameof(StatusCode.Unavailable), nameof(StatusCode.DataLoss),
    ];

    /// <summary>Shows the faults before there is one: a rise is seen only from a number that was there before.</summary>
    public static void Announce() => Array.ForEach(s_faulty, status => s_faults.Add(0, new KeyValuePair<string, object?>("rpc.response.status_code", status)));

    public static void UseCallMetrics(this WebApplication app) => app.Use(async (context, next) =>
    {
        var started = Stopwatch.GetTimestamp();
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } method)
        {
            var (name, status) = ($"{method.ServiceName}/{method.Name}", StatusOf(context));
            s_duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new("rpc.method", name), new("rpc.response.status_code", status));
            if (s_faulty.Contains(status))
            {
                s_faults.Add(1, new KeyValuePair<string, object?>("rpc.response.status_code", status));
            }

            Describe(Activity.Current, name, status);
        }
    });

    private static void Describe(Activity? span, string name, string status)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("rpc.system.name", "grpc").SetTag("rpc.method", name).SetTag("rpc.response.status_code", status);
            span.SetStatus(s_faulty.Contains(status) ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }

    // Calls that authentication rejects have no gRPC status.
    private static string StatusOf(HttpContext context) =>
        int.TryParse(context.Trailers()[CallTrailers.Status].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? ((StatusCode)status).ToString()
            : nameof(StatusCode.Unauthenticated);
}
