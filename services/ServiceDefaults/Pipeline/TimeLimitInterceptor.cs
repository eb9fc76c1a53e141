using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Ends unary calls that take longer than <paramref name="maxSeconds"/>, and calls that a stopping service can no longer wait for, with the reason.
/// gRPC's own deadline would end them without one.
/// </summary>
internal sealed class TimeLimitInterceptor(int maxSeconds, CallEnds ends, TimeProvider time) : Interceptor
{
    // Less than the host waits for its calls, so that the reason still reaches the caller.
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(15);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(maxSeconds), time);
        using var stop = ends.Stopping.UnsafeRegister(source => ((CancellationTokenSource)source!).CancelAfter(s_shutdown), limit);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, limit.Token);
        try
        {
            return await continuation(request, new BoundedCall(context, end.Token));
        }
        catch (Exception) when (limit.IsCancellationRequested && !context.HasEnded())
        {
            // Whatever the handler made of its cancellation: the limit is the reason.
            throw ends.Stopping.IsCancellationRequested ? ends.Stopped(context) : ends.TooLong(context, maxSeconds);
        }
    }
}
