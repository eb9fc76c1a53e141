using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Ends a gRPC call from middleware, before the call is handled.</summary>
internal static class GrpcRefusal
{
    private const string ContentType = "application/grpc";

    /// <summary>
    /// Answers with an error alone: gRPC's "Trailers-Only" response (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
    /// A request of another kind finds nothing.
    /// </summary>
    public static Task RefuseAsync(this HttpContext context, RpcException error)
    {
        var response = context.Response;
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) is not true)
        {
            // Browsers and probes read the HTTP status only, and gRPC's is always 200.
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers[CallTrailers.Status] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        if (error.GetRpcStatus() is { } details)
        {
            response.Headers[CallTrailers.Details] = Convert.ToBase64String(details.ToByteArray());
        }

        return Task.CompletedTask;
    }
}
