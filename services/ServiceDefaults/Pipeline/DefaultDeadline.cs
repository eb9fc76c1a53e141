using Grpc.Core;
using Grpc.Core.Interceptors;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Gives unary calls to another service a deadline if they have none. The other service ends its calls earlier, so this one ends only what never
/// reaches it: work that calls share waits for nothing forever.
/// </summary>
internal sealed class DefaultDeadline(TimeSpan most) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, context.Options.Deadline is null ? WithDeadline(context) : context);

    private ClientInterceptorContext<TRequest, TResponse> WithDeadline<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class =>
        new(context.Method, context.Host, context.Options.WithDeadline(DateTime.UtcNow + most));
}
