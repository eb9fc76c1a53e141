using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace TagSegments.ServiceDefaults.Texts;

/// <summary>
/// Composes the texts of every request, once, before anything looks at them: what is stored, compared or searched is in Unicode normalization
/// form C, however a caller's system writes it.
/// </summary>
internal sealed class TextInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) => continuation(Composed(request), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) => continuation(Composed(request), responseStream, context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(new Reader<TRequest>(requestStream), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => continuation(new Reader<TRequest>(requestStream), responseStream, context);

    private static T Composed<T>(T request)
    {
        if (request is IMessage message)
        {
            ComposedText.Compose(message);
        }

        return request;
    }

    private sealed class Reader<T>(IAsyncStreamReader<T> requests) : IAsyncStreamReader<T>
    {
        public T Current => requests.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var any = await requests.MoveNext(cancellationToken);
            if (any)
            {
                Composed(requests.Current);
            }

            return any;
        }
    }
}
