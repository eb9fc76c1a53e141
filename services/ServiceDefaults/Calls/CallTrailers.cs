using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Finds the final status of a gRPC call, for middleware.</summary>
internal static class CallTrailers
{
    /// <summary>The number of the status.</summary>
    public const string Status = "grpc-status";

    /// <summary>The <c>google.rpc.Status</c> with the details of an error.</summary>
    public const string Details = "grpc-status-details-bin";

    /// <summary>Gets the headers with the status: the trailers, or the response headers if there is only a status.</summary>
    public static IHeaderDictionary Trailers(this HttpContext context) =>
        context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { } trailers && trailers.ContainsKey(Status)
            ? trailers
            : context.Response.Headers;
}
