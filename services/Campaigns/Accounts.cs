using Crm.Accounts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Campaigns;

/// <summary>The accounts as the tag service knows them.</summary>
internal static class Accounts
{
    public static AccountDirectory CreateDirectory(AccountService.AccountServiceClient client, TimeProvider time) => new(
        async (name, ct) =>
        {
            try
            {
                var account = (await client.GetAccountAsync(new() { Account = name }, cancellationToken: ct)).Account;
                return new AccountInfo(account.AccountId, account.Name, account.TimeZone, account.WeekStart);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return null;
            }
        },
        time);
}
