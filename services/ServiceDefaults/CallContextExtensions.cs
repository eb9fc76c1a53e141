using System.Security.Claims;
using Grpc.Core;

namespace TagSegments.ServiceDefaults;

/// <summary>What a call tells about its caller.</summary>
public static class CallContextExtensions
{
    /// <summary>The subject of the caller's token, or <c>anonymous</c> where authentication is off.</summary>
    public static string Principal(this ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        return user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "anonymous";
    }

    /// <summary>
    /// Whether the caller may use every account: one of the services themselves, an administrator, or anybody where authentication is off.
    /// </summary>
    public static IReadOnlyList<string>? VisibleAccounts(this ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        var everything = user.Identity?.IsAuthenticated != true || user.HasClaim(AccountInterceptor.Claim, AccountInterceptor.EveryAccount);
        return everything ? null : [.. user.FindAll(AccountInterceptor.Claim).Select(claim => claim.Value)];
    }
}
