using Crm.Accounts.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Finds accounts at the service that keeps them, for services without accounts in their own database.</summary>
public static class RemoteAccounts
{
    /// <summary>Adds the <see cref="AccountDirectory"/> that asks an <see cref="AccountService.AccountServiceClient"/>.</summary>
    public static IServiceCollection AddRemoteAccounts(this IServiceCollection services) => services.AddSingleton(provider => new AccountDirectory(
        (name, ct) => FindAsync(provider.GetRequiredService<AccountService.AccountServiceClient>(), name, ct),
        provider.GetRequiredService<TimeProvider>()));

    private static async Task<AccountInfo?> FindAsync(AccountService.AccountServiceClient accounts, string name, CancellationToken ct)
    {
        try
        {
            var account = (await accounts.GetAccountAsync(new() { Account = name }, cancellationToken: ct)).Account;
            return new AccountInfo(account.AccountId, account.Name, account.TimeZone, account.WeekStart);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return null;
        }
    }
}
