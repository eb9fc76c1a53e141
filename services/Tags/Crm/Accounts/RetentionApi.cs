using System.Globalization;
using Crm.Accounts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>Serves the retention of accounts.</summary>
internal sealed class RetentionApi(IdempotentWrites writes, AccountStore store, AccountDirectory directory, PageTokens pages)
    : AccountService.AccountServiceBase
{
    public override async Task<SetAccountRetentionResponse> SetAccountRetention(SetAccountRetentionRequest request, ServerCallContext context)
    {
        var retention = request.Retention ?? new();
        RetentionChecks.Check(retention);
        var account = await directory.GetAsync(request.Account, context.CancellationToken);

        return await writes.RunAsync(account, context, request, async transaction => new SetAccountRetentionResponse
        {
            Account = await AccountStore.SetRetentionAsync(transaction, account.Id, retention, context.CancellationToken),
        });
    }

    public override async Task<ListAccountRetentionsResponse> ListAccountRetentions(ListAccountRetentionsRequest request, ServerCallContext context)
    {
        context.RequireEveryAccount();
        var size = PageSize.Read(request.PageSize);
        var after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture);

        var accounts = await store.RetentionsAsync(after, size + 1, context.CancellationToken);

        return new ListAccountRetentionsResponse
        {
            Accounts = { accounts.Take(size) },
            NextPageToken = accounts.Count > size ? pages.Create(request, accounts[size - 1].AccountId.ToString(CultureInfo.InvariantCulture)) : "",
        };
    }
}
