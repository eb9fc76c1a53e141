using System.Security.Claims;
using Crm.Auth.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// Requires that a request names its account, and that the caller's token has this account in the claim <c>account</c> (<c>*</c> stands for
/// every account, for the services themselves). A foreign account looks like a missing one. Calls of an account that was deleted are refused, but
/// for those of the platform, and of services that bring to an end what they have begun.
/// </summary>
/// <param name="accounts">The accounts; null for a service without accounts.</param>
internal sealed class AccountInterceptor(AuthOptions options, AccountDirectory? accounts = null) : Interceptor
{
    /// <summary>Gets the account that a request names; null if it has no field for one.</summary>
    public static string? AccountOf<TRequest>(TRequest request) =>
        request is IMessage message && message.Descriptor.FindFieldByName("account") is { } field ? (string)field.Accessor.GetValue(message) : null;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(request, context, required: true);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(request, context, required: true);
        return continuation(request, responseStream, context);
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(new CheckedReader<TRequest>(this, requestStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(new CheckedReader<TRequest>(this, requestStream, context), responseStream, context);

    private void Check<TRequest>(TRequest request, ServerCallContext context, bool required)
    {
        if (AccountOf(request) is not { } account)
        {
            return;
        }

        if (account.Length == 0 && required)
        {
            throw RpcErrors.InvalidField("account", "is required: the name of the account that the call is about");
        }

        if (account.Length > 0 && !MayUse(context.GetHttpContext().User, account))
        {
            throw RpcErrors.Create(
                StatusCode.NotFound, ErrorReason.AccountNotFound, $"There is no account \"{account}\".", ("account", account));
        }

        if (accounts?.Closed.Refusal(account) is { } refusal && !context.IsFromService() && !IsOfPlatform(context))
        {
            throw refusal;
        }
    }

    private static bool IsOfPlatform(ServerCallContext context) =>
        context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>()?.Permission is Permission.PlatformAdmin;

    private bool MayUse(ClaimsPrincipal user, string account) =>
        options.Mode == AuthOptions.Off || user.HasClaim(CallContextExtensions.AccountClaim, account)
        || user.HasClaim(CallContextExtensions.AccountClaim, CallContextExtensions.EveryAccount);

    // The first message of a stream must name the account; the others may.
    private sealed class CheckedReader<T>(AccountInterceptor accounts, IAsyncStreamReader<T> inner, ServerCallContext context) : IAsyncStreamReader<T>
    {
        private bool _first = true;

        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var moved = await inner.MoveNext(cancellationToken);
            if (moved)
            {
                accounts.Check(inner.Current, context, required: _first);
                _first = false;
            }

            return moved;
        }
    }
}
