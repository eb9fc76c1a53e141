using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>Finds how a call ended, for middleware: what a gRPC answer ends with.</summary>
internal static class CallTrailers
{
    /// <summary>The number of the status.</summary>
    public const string Status = "grpc-status";

    /// <summary>The <c>google.rpc.Status</c> with the details of an error.</summary>
    public const string Details = "grpc-status-details-bin";

    /// <summary>Gets what has the status: the trailers, or the headers where there is nothing but the status.</summary>
    public static IHeaderDictionary Trailers(this HttpContext context) =>
        context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { } trailers && trailers.ContainsKey(Status)
            ? trailers
            : context.Response.Headers;
}
