using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Definitions;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.SmartLists;

/// <summary>The smart list service.</summary>
internal sealed class SmartListApi(AccountDirectory accounts, SmartListCalls lists, SmartListRows rows, CallTokens tokens)
    : SmartListService.SmartListServiceBase
{
    private const int MaxPage = 1_000;

    public override async Task<CreateSmartListResponse> CreateSmartList(CreateSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await lists.CreateAsync(account, request, SmartListEdit.Read(request), context);
    }

    public override async Task<GetSmartListResponse> GetSmartList(GetSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        RequireKey(request.KeyCase != GetSmartListRequest.KeyOneofCase.None);

        var source = request.KeyCase == GetSmartListRequest.KeyOneofCase.Name ? ByName(request.Name) : ById(request.SmartListId);
        return new GetSmartListResponse { SmartList = await lists.GetAsync(account, source, context.CancellationToken) };
    }

    public override async Task<ListSmartListsResponse> ListSmartLists(ListSmartListsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSizes.Check(request.PageSize, MaxPage);
        var after = tokens.Pages.Read(request);

        var found = await lists.ListAsync(account, after, size + 1, context.CancellationToken);

        var response = new ListSmartListsResponse { SmartLists = { found.Take(size) } };
        if (found.Count > size)
        {
            response.NextPageToken = tokens.Pages.Create(request, found[size - 1].Name);
        }

        return response;
    }

    public override async Task<UpdateSmartListResponse> UpdateSmartList(UpdateSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await lists.UpdateAsync(account, request, SmartListEdit.Read(request), context);
    }

    public override async Task<DeleteSmartListResponse> DeleteSmartList(DeleteSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await lists.DeleteAsync(account, request, context);
    }

    public override async Task<ListSmartListRowsResponse> ListSmartListRows(ListSmartListRowsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.KeyCase != ListSmartListRowsRequest.KeyOneofCase.None, "smart_list_id", "is required, or name or source instead")
            .Require(request.Columns.Count <= SmartListEdit.MaxColumns, "columns", $"has more than {SmartListEdit.MaxColumns} entries")
            .ThrowIfAny();
        var size = PageSizes.Check(request.PageSize, MaxPage);

        var source = request.KeyCase switch
        {
            ListSmartListRowsRequest.KeyOneofCase.Name => ByName(request.Name),
            ListSmartListRowsRequest.KeyOneofCase.SmartListId => ById(request.SmartListId),
            _ => request.Source,
        };
        return await rows.ListAsync(account, source, request, size, context.CancellationToken);
    }

    private static FilterSource ById(string smartListId) => new() { SmartListId = smartListId };

    private static FilterSource ByName(string name) => new() { SmartListName = name };

    private static void RequireKey(bool isSet) =>
        new FieldChecks().Require(isSet, "smart_list_id", "is required, or name instead").ThrowIfAny();
}
