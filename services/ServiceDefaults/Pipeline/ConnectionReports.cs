using System.Net.Sockets;
using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Makes UNAVAILABLE of a call that failed because of the connection to another service: its certificate was refused, or the connection broke.
/// Nothing is wrong with the call, and it succeeds when the connection is mended. Without this, some broken connections look like defects of the
/// other service.
/// </summary>
internal sealed class ConnectionReports(string service, ILogger<ConnectionReports> logger) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new(ReadAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new(new Reader<TResponse>(call.ResponseStream, this), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<T> ReadAsync<T>(Task<T> response)
    {
        try
        {
            return await response.ConfigureAwait(false);
        }
        catch (RpcException e) when (RefusalIn(e) is { } refused)
        {
            logger.ServiceNotTrusted(service, refused.Problem);
            throw RpcErrors.Create(
                StatusCode.Unavailable,
                ErrorReason.ServiceNotTrusted,
                $"The certificate of the service \"{service}\" is refused: {Sentence(refused.Problem)}.",
                ("service", service),
                ("problem", refused.Problem.ToString().ToLowerInvariant()));
        }
        catch (RpcException e) when (IsOfConnection(e))
        {
            throw RpcErrors.Create(
                StatusCode.Unavailable, ErrorReason.Unavailable, $"The connection to the service \"{service}\" broke. Retry.", ("service", service));
        }
    }

    // Made by the client and not by the service, which gives reasons. Why a call was cancelled, its caller knows.
    private static bool IsOfConnection(RpcException e) => e.StatusCode is not (StatusCode.Cancelled or StatusCode.DeadlineExceeded)
        && e.Status.DebugException is (HttpRequestException or IOException or SocketException) && e.GetRpcStatus() is null;

    private static CertificateRefusedException? RefusalIn(RpcException e)
    {
        for (var cause = e.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is CertificateRefusedException refused)
            {
                return refused;
            }
        }

        return null;
    }

    private static string Sentence(CertificateProblem problem) => problem switch
    {
        CertificateProblem.None => "it shows none",
        CertificateProblem.Name => "it is for another name",
        CertificateProblem.Time => "it has expired, or is not valid yet",
        _ => "its authority is not known",
    };

    private sealed class Reader<T>(IAsyncStreamReader<T> stream, ConnectionReports reports) : IAsyncStreamReader<T>
    {
        public T Current => stream.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => reports.ReadAsync(stream.MoveNext(cancellationToken));
    }
}
