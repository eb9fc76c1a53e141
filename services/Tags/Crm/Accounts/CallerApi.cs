using Crm.Accounts.V1;
using Crm.Auth.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using TagSegments.ServiceDefaults.Auth;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>Tells callers what they may do.</summary>
internal sealed class CallerApi(AccountDirectory accounts, Roles roles) : AccountService.AccountServiceBase
{
    public override async Task<GetCallerResponse> GetCaller(GetCallerRequest request, ServerCallContext context)
    {
        _ = await accounts.GetAsync(request.Account, context.CancellationToken);
        var caller = context.GetHttpContext().User;
        // Where authentication is off, everybody may do everything.
        var permissions = caller.Identity?.IsAuthenticated == true
            ? roles.Granted(caller).Each()
            : Enum.GetValues<Permission>().Except([Permission.Unspecified, Permission.Internal]);
        return new GetCallerResponse { Name = context.Principal(), Permissions = { permissions } };
    }
}
