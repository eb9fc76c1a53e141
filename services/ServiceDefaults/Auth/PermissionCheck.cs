using Crm.Auth.V1;
using Crm.Errors.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// Refuses calls whose permission the caller does not have, before a byte of the request is read. A call that states no permission is refused
/// to everybody. The calls of gRPC itself, such as health checks, need none.
/// </summary>
internal static class PermissionCheck
{
    public static void UsePermissionCheck(this WebApplication app, Roles roles) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method
            || method.ServiceName.StartsWith("grpc.", StringComparison.Ordinal))
        {
            return next(context);
        }

        var required = context.GetEndpoint()!.Metadata.GetMetadata<RequiredPermission>()?.Permission ?? Permission.Unspecified;
        return roles.Granted(context.User).Has(required) ? next(context) : context.RefuseAsync(Missing(method, required));
    });

    private static RpcException Missing(IMethod method, Permission required) => RpcErrors.Create(
        StatusCode.PermissionDenied,
        ErrorReason.PermissionDenied,
        $"{method.Name} needs the permission {Permissions.NameOf(required)}, which the caller's token does not have.",
        ("permission", Permissions.NameOf(required)));
}
