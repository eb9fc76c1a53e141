using Grpc.Core;
using Grpc.Core.Interceptors;

namespace TagSegments.ServiceDefaults;

/// <summary>
/// Ends unary calls at the server's own limit, <c>Grpc:MaxSeconds</c> (default 60), because a client may send no deadline or one that
/// cannot be read, and both mean "none" to gRPC.
/// </summary>
internal sealed class DeadlineInterceptor(TimeSpan limit) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (context.Deadline <= DateTime.UtcNow + limit)
        {
            return await continuation(request, context);
        }

        using var source = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        source.CancelAfter(limit);
        return await continuation(request, new LimitedContext(context, source.Token));
    }

    private sealed class LimitedContext(ServerCallContext inner, CancellationToken token) : ServerCallContext
    {
        protected override string MethodCore => inner.Method;
        protected override string HostCore => inner.Host;
        protected override string PeerCore => inner.Peer;
        protected override DateTime DeadlineCore => inner.Deadline;
        protected override Metadata RequestHeadersCore => inner.RequestHeaders;
        protected override CancellationToken CancellationTokenCore => token;
        protected override Metadata ResponseTrailersCore => inner.ResponseTrailers;
        protected override Status StatusCore { get => inner.Status; set => inner.Status = value; }
        protected override WriteOptions? WriteOptionsCore { get => inner.WriteOptions; set => inner.WriteOptions = value; }
        protected override AuthContext AuthContextCore => inner.AuthContext;

        // Grpc.AspNetCore keeps the HttpContext here, under a key that GetHttpContext() looks for.
        protected override IDictionary<object, object> UserStateCore => inner.UserState;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            inner.CreatePropagationToken(options);

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => inner.WriteResponseHeadersAsync(responseHeaders);
    }
}
