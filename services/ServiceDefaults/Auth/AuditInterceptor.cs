using Crm.Auth.V1;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>Keeps the audit trail of administrators.</summary>
/// <param name="log">The log; null for a service without one.</param>
internal sealed class AuditInterceptor(AdminLog? log = null) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (await BeginAsync(request, context) is not { } entry)
        {
            return await continuation(request, context);
        }

        TResponse? response = null;
        await RunAsync(entry, async () => response = await continuation(request, context));
        return response!;
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        if (await BeginAsync(request, context) is not { } entry)
        {
            await continuation(request, responseStream, context);
            return;
        }

        await RunAsync(entry, () => continuation(request, responseStream, context));
    }

    private async Task<AdminEvent?> BeginAsync<TRequest>(TRequest request, ServerCallContext context)
    {
        var permission = context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>()?.Permission ?? Permission.Unspecified;
        if (log is null || !AdminLog.Concerns(permission))
        {
            return null;
        }

        var entry = log.Begin(permission, AccountInterceptor.AccountOf(request) ?? "", context.Principal(), context.Method, request as IMessage);
        await log.WriteAsync(entry, context.CancellationToken);
        return entry;
    }

    private async Task RunAsync(AdminEvent entry, Func<Task> call)
    {
        var outcome = StatusCode.Internal;
        try
        {
            await call();
            outcome = StatusCode.OK;
        }
        catch (RpcException e)
        {
            outcome = e.StatusCode;
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = StatusCode.Cancelled;
            throw;
        }
        finally
        {
            await log!.EndAsync(entry, outcome);
        }
    }
}
