using System.Security.Claims;
using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Reads the caller of a call.</summary>
public static class CallContextExtensions
{
    /// <summary>The claim that names an account; a token may have several.</summary>
    internal const string AccountClaim = "account";

    /// <summary>The value of the claim that stands for every account.</summary>
    internal const string EveryAccount = "*";

    /// <summary>The subject of the caller's token, or <c>anonymous</c> if authentication is off.</summary>
    public static string Principal(this ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        return user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "anonymous";
    }

    /// <summary>
    /// Checks whether the caller may use every account: a service, an administrator, or any caller if authentication is off.
    /// </summary>
    public static IReadOnlyList<string>? VisibleAccounts(this ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        var everything = user.Identity?.IsAuthenticated != true || user.HasClaim(AccountClaim, EveryAccount);
        return everything ? null : [.. user.FindAll(AccountClaim).Select(claim => claim.Value)];
    }

    /// <summary>Throws PERMISSION_DENIED unless the caller may use every account: for calls that name none.</summary>
    public static void RequireEveryAccount(this ServerCallContext context)
    {
        if (context.VisibleAccounts() is not null)
        {
            throw RpcErrors.Create(
                StatusCode.PermissionDenied, ErrorReason.PermissionDenied, "This call is for callers that may use every account.");
        }
    }
}
