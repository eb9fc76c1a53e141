using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>Limits the streams in number, in age, and in the time that a message waits for the other side.</summary>
/// <param name="accounts">The accounts; null for a service without accounts.</param>
internal sealed class StreamInterceptor(
    StreamQuota quota, StreamOptions options, AccountDirectory? accounts, RefusalLog refusals, CallEnds ends, TimeProvider time) : Interceptor
{
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var stream = Open(context);
        return RunAsync(stream, context, async call =>
        {
            await AdmitAsync(stream, request, call.CancellationToken);
            await continuation(request, new Writer<TResponse>(stream, responseStream), call);
        });
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var stream = Open(context);
        TResponse? response = null;
        await RunAsync(stream, context, async call => response = await continuation(new Reader<TRequest>(this, stream, requestStream), call));
        return response!;
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var stream = Open(context);
        return RunAsync(stream, context, call => continuation(
            new Reader<TRequest>(this, stream, requestStream), new Writer<TResponse>(stream, responseStream), call));
    }

    private async Task RunAsync(OpenStream stream, ServerCallContext context, Func<ServerCallContext, Task> handler)
    {
        try
        {
            await stream.RunAsync(handler);
        }
        catch (RpcException e) when (stream.IsAtLimit || stream.IsBroken)
        {
            throw ends.Logged(context, e);
        }
    }

    private OpenStream Open(ServerCallContext context)
    {
        // Everybody may call gRPC's own services, health and reflection: they count as one caller.
        var isOwn = context.Method.StartsWith("/grpc.", StringComparison.Ordinal);
        var caller = isOwn
            ? new StreamCaller("grpc", IsService: false, IsKnown: true)
            : new StreamCaller(context.Caller(), context.IsFromService(), context.GetHttpContext().User.Identity?.IsAuthenticated == true);
        return OpenStream.Open(context, caller, quota, options, time);
    }

    private async Task AdmitAsync<TRequest>(OpenStream stream, TRequest request, CancellationToken ct)
    {
        if (accounts is null || AccountInterceptor.AccountOf(request) is not { Length: > 0 } name)
        {
            return;
        }

        var account = await accounts.GetAsync(name, ct);
        try
        {
            stream.Admit(account, accounts.Closed);
        }
        catch (RpcException e)
        {
            refusals.Add(account, e);
            throw;
        }
    }

    private sealed class Writer<T>(OpenStream stream, IServerStreamWriter<T> inner) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get => inner.WriteOptions; set => inner.WriteOptions = value; }

        public Task WriteAsync(T message) => stream.WriteAsync(inner, message);

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return stream.WriteAsync(inner, message);
        }
    }

    // The first message names the account.
    private sealed class Reader<T>(StreamInterceptor limits, OpenStream stream, IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
    {
        private bool _isAdmitted;

        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await stream.ReadAsync(inner, cancellationToken))
            {
                return false;
            }

            if (!_isAdmitted)
            {
                await limits.AdmitAsync(stream, inner.Current, cancellationToken);
                _isAdmitted = true;
            }

            return true;
        }
    }
}
