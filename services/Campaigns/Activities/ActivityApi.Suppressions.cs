using Crm.Activity.V1;
using Crm.Common.V1;
using Grpc.Core;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Activities;

// The suppression list.
internal sealed partial class ActivityApi
{
    public override async Task<AddSuppressionResponse> AddSuppression(AddSuppressionRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var suppression = request.Suppression ?? throw RpcErrors.InvalidField("suppression", "is required");
        suppression.Channel = suppression.Channel.OrEmail();
        new FieldChecks()
            .Require(Enum.IsDefined(suppression.Channel), "suppression.channel", "is not a channel")
            .Require(IsAddress(suppression.Channel, suppression.Address), "suppression.address", "is not an address of the channel")
            .Require(suppression.Reason != 0 && Enum.IsDefined(suppression.Reason), "suppression.reason", "is required")
            .Require(suppression.Source.Length <= 200, "suppression.source", "is longer than 200 characters")
            .ThrowIfAny();
        suppression.Address = SuppressionKey.Of(suppression.Channel, suppression.Address, account.Country);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var (changed, skipped) = await SuppressionStore.AddAsync(tx, account.Id, suppression, context.CancellationToken);
            await ActivityRecorder.RecordAsync(tx, account.Id, [], context.CancellationToken, suppressions: changed);
            string[] key = [suppression.Address];
            var entries = await SuppressionStore.FindAsync(tx.Connection!, account.Id, suppression.Channel, key, context.CancellationToken);
            return new AddSuppressionResponse { Suppression = entries.Single(), SkippedMessages = skipped, Added = changed };
        });
    }

    public override async Task<RemoveSuppressionResponse> RemoveSuppression(RemoveSuppressionRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.Address.Length > 0, "address", "is required")
            .Require(request.Proof.Trim().Length is >= 1 and <= 2_000, "proof", "must have 1 to 2,000 characters: how the new consent is proven")
            .ThrowIfAny();
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var removed = await SuppressionStore.RemoveAsync(
                tx, account.Id, request.Channel.OrEmail(),
                SuppressionKey.Of(request.Channel.OrEmail(), request.Address, account.Country), request.Proof, context.Principal(), context.CancellationToken);
            var suppression = removed ?? throw RpcErrors.NotFound("suppression", request.Address);
            await ActivityRecorder.RecordAsync(tx, account.Id, [], context.CancellationToken, suppressions: true);
            return new RemoveSuppressionResponse { Suppression = suppression };
        });
    }

    public override async Task<ListSuppressionsResponse> ListSuppressions(ListSuppressionsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        new FieldChecks()
            .Require(request.Search.Length <= 200, "search", "is longer than 200 characters")
            .ThrowIfAny();
        var after = tools.Pages.Read(request) ?? "";
        var found = await suppressions.ListAsync(
            account.Id, request.Channel.OrEmail(), request.Search, after, size + 1, context.CancellationToken);
        var response = new ListSuppressionsResponse { Suppressions = { found.Take(size) } };
        if (found.Count > size)
        {
            response.NextPageToken = tools.Pages.Create(request, response.Suppressions[^1].Address);
        }

        return response;
    }

    public override async Task<CheckSuppressionsResponse> CheckSuppressions(CheckSuppressionsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.Addresses.Count is >= 1 and <= 1_000, "addresses", "must be 1 to 1,000")
            .ThrowIfAny();
        var found = await suppressions.CheckAsync(account, request.Channel.OrEmail(), request.Addresses, context.CancellationToken);
        return new CheckSuppressionsResponse { Suppressions = { found } };
    }

    // Odd addresses may be suppressed too, as long as each is one address.
    private static bool IsAddress(Channel channel, string address) => channel == Channel.Sms
        ? Address.Key(channel, address).Any(char.IsAsciiDigit)
        : SuppressionKey.IsDomain(channel, address) || address.Trim().Length is >= 3 and <= 254 && address.Contains('@', StringComparison.Ordinal) && !address.Any(char.IsControl);
}
