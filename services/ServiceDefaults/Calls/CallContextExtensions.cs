using System.Security.Claims;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>What a call tells about its caller.</summary>
public static class CallContextExtensions
{
    /// <summary>The claim that names an account; a token may have several.</summary>
    internal const string AccountClaim = "account";

    /// <summary>The value of the claim that stands for every account.</summary>
    internal const string EveryAccount = "*";

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
        var everything = user.Identity?.IsAuthenticated != true || user.HasClaim(AccountClaim, EveryAccount);
        return everything ? null : [.. user.FindAll(AccountClaim).Select(claim => claim.Value)];
    }
}
