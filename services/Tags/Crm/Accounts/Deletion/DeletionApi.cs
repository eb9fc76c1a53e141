using System.Globalization;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.ServiceDefaults.Deletion;

namespace TagSegments.Tags.Crm.Accounts.Deletion;

/// <summary>Serves the deletion of accounts.</summary>
internal sealed class DeletionApi(
    AccountDirectory accounts, DeletionStore deletions, IdempotentWrites writes, DeletionFollower follower, PageTokens pages)
    : AccountService.AccountServiceBase
{
    public override async Task<DeleteAccountResponse> DeleteAccount(DeleteAccountRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);

        var response = await writes.RunAsync(account, context, request, async transaction =>
        {
            var deletedAt = await deletions.DeleteAsync(transaction, account.Id, ct) ?? throw NotFound(request.Account);
            return new DeleteAccountResponse
            {
                Account = await AccountStore.GetAsync(transaction, account.Id, ct),
                EraseTime = deletions.EraseTime(deletedAt).ToTimestamp(),
            };
        });
        await follower.RefreshAsync(ct);
        return response;
    }

    public override async Task<RestoreAccountResponse> RestoreAccount(RestoreAccountRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);

        var response = await writes.RunAsync(account, context, request, async transaction => await DeletionStore.RestoreAsync(transaction, account.Id, ct)
            ? new RestoreAccountResponse { Account = await AccountStore.GetAsync(transaction, account.Id, ct) }
            : throw NotFound(request.Account));
        await follower.RefreshAsync(ct);
        return response;
    }

    public override async Task<ListDeletedAccountsResponse> ListDeletedAccounts(ListDeletedAccountsRequest request, ServerCallContext context)
    {
        context.RequireEveryAccount();
        var size = PageSize.Read(request.PageSize);
        var after = pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : 0;

        var deleted = await deletions.ListAsync(after, size + 1, context.CancellationToken);

        var response = new ListDeletedAccountsResponse { Accounts = { deleted.Take(size).Select(ToProto) } };
        response.NextPageToken = deleted.Count > size
            ? pages.Create(request, response.Accounts[^1].AccountId.ToString(CultureInfo.InvariantCulture))
            : "";
        return response;
    }

    public override async Task<ReportErasureResponse> ReportErasure(ReportErasureRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(DeletionStore.Services.Contains(request.Service), "service", "is not a service that erases accounts").ThrowIfAny();

        return await deletions.ReportAsync(request.Account, request.AccountId, request.Service, context.CancellationToken)
            ? new ReportErasureResponse()
            : throw NotFound(request.Account);
    }

    private static DeletedAccount ToProto(ClosedAccount account) => new()
    {
        AccountId = account.Id,
        Name = account.Name,
        EraseTime = account.EraseTime.ToTimestamp(),
        Erasing = account.IsErased,
        Settled = account.MaySweep,
        ErasedServices = { account.SweptServices },
    };

    private static RpcException NotFound(string account) => RpcErrors.Create(
        StatusCode.NotFound, ErrorReason.AccountNotFound, $"There is no account \"{account}\".", ("account", account));
}
