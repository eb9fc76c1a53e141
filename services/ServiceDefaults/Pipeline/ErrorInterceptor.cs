using System.Net.Sockets;
using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>Translates exceptions of calls: gRPC errors pass, errors of the database become canonical ones, everything else is a defect.</summary>
internal sealed class ErrorInterceptor(CallEnds ends, ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (!HasReason(e))
        {
            throw Translate(e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when (!HasReason(e))
        {
            throw Translate(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (!HasReason(e))
        {
            throw Translate(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (!HasReason(e))
        {
            throw Translate(e, context);
        }
    }

    // What a call to another service threw because its token was cancelled says nothing yet.
    private static bool HasReason(Exception exception) =>
        exception is RpcException error && (error.StatusCode is not (StatusCode.Cancelled or StatusCode.DeadlineExceeded) || error.GetRpcStatus() is not null);

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case OperationCanceledException or RpcException when context.HasEnded():
                return ends.Ended(context);
            case RpcException { StatusCode: StatusCode.DeadlineExceeded }:
                return ends.Logged(context, RpcErrors.Create(
                    StatusCode.DeadlineExceeded, ErrorReason.CallDeadline, "Another service did not answer in time."));
            case RpcException:
                return ends.Logged(context, RpcErrors.Create(StatusCode.Unavailable, ErrorReason.Unavailable, "Another service ended the call. Retry."));
            case SocketException or TimeoutException:
                return Unavailable(exception, context);
            default:
                return DatabaseErrors.KindOf(exception) is { } kind and not DatabaseErrorKind.Defect
                    ? OfDatabase(kind, exception, context)
                    : Defect(exception, context);
        }
    }

    private RpcException OfDatabase(DatabaseErrorKind kind, Exception exception, ServerCallContext context)
    {
        switch (kind)
        {
            case DatabaseErrorKind.Conflict:
                logger.DatabaseConflict(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.Aborted, ErrorReason.Conflict, "The change conflicts with another one made at the same time. Retry.");
            case DatabaseErrorKind.StatementTimeout:
                logger.StatementTimeout(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout, "A statement in the database took too long. Ask for less at once.");
            case DatabaseErrorKind.NoConnection:
                logger.DatabaseUnavailable(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.ResourceExhausted, ErrorReason.Overloaded, "No connection to the database became free in time. Retry in a moment.");
            case DatabaseErrorKind.Exhausted:
                logger.DatabaseExhausted(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.ResourceExhausted,
                    ErrorReason.DatabaseExhausted,
                    "The database lacks the memory or the space that this call needs.",
                    ("sqlstate", (exception as PostgresException)?.SqlState ?? ""));
            case DatabaseErrorKind.InvalidText:
                return RpcErrors.Create(
                    StatusCode.InvalidArgument, ErrorReason.InvalidField, "A text contains a character that cannot be stored, such as U+0000.");
            default:
                return Unavailable(exception, context);
        }
    }

    private RpcException Unavailable(Exception exception, ServerCallContext context)
    {
        logger.DatabaseUnavailable(exception, context.Method);
        return RpcErrors.Create(StatusCode.Unavailable, ErrorReason.Unavailable, "The database cannot be reached. Retry.");
    }

    private RpcException Defect(Exception exception, ServerCallContext context)
    {
        logger.UnexpectedError(exception, context.Method);
        return RpcErrors.Create(StatusCode.Internal, ErrorReason.Internal, "An internal error occurred; the server has logged it.");
    }
}
