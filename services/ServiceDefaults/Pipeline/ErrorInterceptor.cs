using System.Net.Sockets;
using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>Translates exceptions of calls: gRPC errors pass, errors of the database become canonical ones, everything else is a defect.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is not RpcException)
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
        catch (Exception e) when (e is not RpcException)
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
        catch (Exception e) when (e is not RpcException)
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
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case OperationCanceledException when context.HasEnded():
                return context.Deadline <= DateTime.UtcNow
                    ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline passed."))
                    : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled or ran into the server's time limit."));
            case PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UniqueViolation
            }:
                logger.DatabaseConflict(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.Aborted, ErrorReason.Conflict, "The change conflicts with another one made at the same time. Retry.");
            case PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }:
                return new RpcException(new Status(StatusCode.DeadlineExceeded, "The database query took too long."));
            case PostgresException { SqlState: PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire }:
                return RpcErrors.Create(
                    StatusCode.InvalidArgument, ErrorReason.InvalidField, "A text contains a character that cannot be stored, such as U+0000.");
            case NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: SocketException or IOException or TimeoutException }
                or SocketException or TimeoutException:
                logger.DatabaseUnavailable(exception, context.Method);
                return RpcErrors.Create(
                    StatusCode.Unavailable, ErrorReason.Unavailable, "The database cannot be reached. Retry.");
            default:
                logger.UnexpectedError(exception, context.Method);
                return RpcErrors.Create(StatusCode.Internal, ErrorReason.Internal, "An internal error occurred; the server has logged it.");
        }
    }
}
