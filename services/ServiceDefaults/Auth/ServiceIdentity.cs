using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// Signs the calls of a service to another one: with its own identity, the account of the request and the user of the call that it serves.
/// </summary>
internal sealed class ServiceIdentity(string target, ServiceCredentials credentials, IHttpContextAccessor current) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Signed(request, context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Signed(request, context));

    private ClientInterceptorContext<TRequest, TResponse> Signed<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var user = current.HttpContext?.User is { Identity.IsAuthenticated: true } caller ? caller.Name() : null;
        Metadata headers = [.. context.Options.Headers ?? [], new(CallContextExtensions.ServiceHeader, credentials.Service)];
        if (credentials.Authorization(new(target, AccountOf(request), user)) is { } authorization)
        {
            headers.Add("authorization", authorization);
        }

        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }

    private static string AccountOf<TRequest>(TRequest request) =>
        request is IMessage message && message.Descriptor.FindFieldByName("account") is { } field
            ? (string)field.Accessor.GetValue(message)
            : CallContextExtensions.EveryAccount;
}
