using Crm.Auth.V1;
using Crm.Errors.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// Refuses calls whose permission the caller does not have, before a byte of the request is read. A call that states no permission is refused
/// to everybody. The calls of gRPC itself, such as health checks, need none.
/// </summary>
internal static class PermissionCheck
{
    public static void UsePermissionCheck(this WebApplication app, Roles roles) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method
            || method.ServiceName.StartsWith("grpc.", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var required = context.GetEndpoint()!.Metadata.GetMetadata<RequiredPermission>()?.Permission ?? Permission.Unspecified;
        if (roles.Granted(context.User).Has(required))
        {
            await next(context);
            return;
        }

        await LogAsync(context, method, required);
        await context.RefuseAsync(Missing(method, required));
    });

    // The request is not read, so only a token of one account says which one it was about.
    private static Task LogAsync(HttpContext context, IMethod method, Permission required)
    {
        var accounts = context.User.FindAll(CallContextExtensions.AccountClaim).Select(claim => claim.Value).ToList();
        return accounts is [not CallContextExtensions.EveryAccount and var account] && AdminLog.Concerns(required)
            && context.RequestServices.GetService<AdminLog>() is { } log
            ? log.RefuseAsync(log.Begin(required, account, context.User.Name(), method.FullName, null))
            : Task.CompletedTask;
    }

    private static RpcException Missing(IMethod method, Permission required) => RpcErrors.Create(
        StatusCode.PermissionDenied,
        ErrorReason.PermissionDenied,
        $"{method.Name} needs the permission {Permissions.NameOf(required)}, which the caller's token does not have.",
        ("permission", Permissions.NameOf(required)));
}
