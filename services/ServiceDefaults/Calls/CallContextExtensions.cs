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

    /// <summary>The authentication scheme of the services' own tokens.</summary>
    internal const string ServiceScheme = "service";

    /// <summary>The authentication scheme of API keys.</summary>
    internal const string KeyScheme = "key";

    /// <summary>The claim with the account and the number of an API key.</summary>
    internal const string KeyClaim = "key";

    /// <summary>What stands before the name of an API key where it stands for who did something.</summary>
    internal const string KeyPrefix = "key:";

    /// <summary>What stands before the name of a service where it stands for who did something.</summary>
    internal const string ServicePrefix = "service:";

    /// <summary>The header in which a service names itself.</summary>
    internal const string ServiceHeader = "tagsegments-service";

    /// <summary>The claim by which a service names the user it acts for.</summary>
    internal const string UserClaim = "user";

    /// <summary>
    /// Who is responsible for the call: the subject of the caller's token, <c>key:NAME</c> for an API key, or the user for whom a service calls.
    /// <c>anonymous</c> if authentication is off.
    /// </summary>
    public static string Principal(this ServerCallContext context) => context.GetHttpContext().User.Name();

    /// <summary>Who is responsible for what a caller does.</summary>
    internal static string Name(this ClaimsPrincipal caller) =>
        caller.ServiceName() is { } service
            ? caller.FindFirstValue(UserClaim) ?? $"{ServicePrefix}{service}"
            : caller.FindFirstValue("sub") ?? "anonymous";

    /// <summary>Whether the caller is a program with an API key.</summary>
    public static bool HasApiKey(this ServerCallContext context) => context.GetHttpContext().User.KeyName() is not null;

    /// <summary>What tells callers apart: keys of different accounts can have the same name.</summary>
    internal static string Caller(this ServerCallContext context) => context.GetHttpContext().User.KeyName() ?? context.Principal();

    /// <summary>Gets the e-mail address of a user whose token says that the identity provider has verified it; null without one.</summary>
    public static string? VerifiedEmail(this ServerCallContext context) =>
        context.GetHttpContext().User is var user && user.ServiceName() is null && bool.TryParse(user.FindFirstValue("email_verified"), out var verified) && verified
            ? user.FindFirstValue("email")
            : null;

    /// <summary>Gets the name of the service that calls; null for users.</summary>
    internal static string? ServiceName(this ClaimsPrincipal caller) =>
        caller.Identity is ClaimsIdentity { AuthenticationType: ServiceScheme } service ? service.FindFirst("sub")?.Value : null;

    // Whatever other callers' tokens say of themselves.
    private static string? KeyName(this ClaimsPrincipal caller) =>
        caller.Identity is ClaimsIdentity { AuthenticationType: KeyScheme } key ? key.FindFirst(KeyClaim)?.Value : null;

    /// <summary>
    /// Whether nobody waits for the answer any more. After its deadline, a call is answered first and its token cancelled a moment later.
    /// </summary>
    internal static bool HasEnded(this ServerCallContext context) =>
        context.CancellationToken.IsCancellationRequested || context.Deadline <= DateTime.UtcNow;

    /// <summary>Whether the caller is one of the services. With authentication off, a caller is believed to be what it says.</summary>
    internal static bool IsFromService(this ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return http.User.Identity?.IsAuthenticated == true ? http.User.ServiceName() is not null : http.Request.Headers.ContainsKey(ServiceHeader);
    }

    /// <summary>Whether the caller may say that something else than itself caused a change: a service, or anybody if authentication is off.</summary>
    public static bool MayNameCauses(this ServerCallContext context) =>
        context.GetHttpContext().User is { Identity.IsAuthenticated: false } or { Identity: null } || context.IsFromService();

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
