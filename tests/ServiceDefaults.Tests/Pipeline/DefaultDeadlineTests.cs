using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Pipeline;

namespace TagSegments.ServiceDefaults.Tests.Pipeline;

public sealed class DefaultDeadlineTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(70);

    [Fact]
    public void A_call_without_a_deadline_gets_one()
    {
        var before = DateTime.UtcNow;

        var deadline = DeadlineOf(new CallOptions());

        Assert.InRange(deadline!.Value, before + s_most, DateTime.UtcNow + s_most);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    public void A_call_keeps_the_deadline_that_it_has(int seconds)
    {
        var own = DateTime.UtcNow.AddSeconds(seconds);

        Assert.Equal(own, DeadlineOf(new CallOptions(deadline: own)));
    }

    private static DateTime? DeadlineOf(CallOptions options)
    {
        var invoker = new NoService();
        invoker.Intercept(new DefaultDeadline(s_most)).AsyncUnaryCall(NoService.Check, null, options, new object());
        return invoker.Deadline;
    }

    private sealed class NoService : CallInvoker
    {
        private static readonly Marshaller<object> s_none = new(_ => [], _ => new object());

        public static Method<object, object> Check { get; } = new(MethodType.Unary, "none", "none", s_none, s_none);

        public DateTime? Deadline { get; private set; }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            Deadline = options.Deadline;
            return null!;
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }
}
