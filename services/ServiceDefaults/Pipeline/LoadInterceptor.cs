using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Refuses unary calls beyond the limit of concurrent calls, <c>Grpc:MaxConcurrentCalls</c>. Under overload, some callers
/// are refused at once instead of all callers waiting until their deadlines. Streams are not limited, and neither are
/// the calls of gRPC itself, such as health checks.
/// </summary>
internal sealed class LoadInterceptor(int maxCalls) : Interceptor
{
    private int _calls;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (context.Method.StartsWith("/grpc.", StringComparison.Ordinal))
        {
            return await continuation(request, context);
        }

        var calls = Interlocked.Increment(ref _calls);
        try
        {
            return calls <= maxCalls
                ? await continuation(request, context)
                : throw RpcErrors.Create(
                    StatusCode.ResourceExhausted, ErrorReason.Overloaded, $"The service is at its limit of {maxCalls} concurrent calls. Retry in a moment.");
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }
}
