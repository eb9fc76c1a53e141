using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.SmartLists;

/// <summary>
/// The smart list service: this part keeps the lists. Each change is one transaction; reads are answered from the account's current state.
/// </summary>
internal sealed partial class SmartListApi(
    AccountDirectory accounts, RequestTokens tokens, DefinitionChanges changes, AccountIndexes indexes, Evaluator evaluator)
    : SmartListService.SmartListServiceBase
{
    private static readonly SmartListDefinition s_blank = new("", "", "", new Filter(), 0, 0, [], "", false, 0, default, default);

    public override async Task<CreateSmartListResponse> CreateSmartList(CreateSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var edit = SmartListEdit.Read(request);

        return await changes.RunAsync(account, request, context, async (transaction, state) =>
        {
            var now = changes.Now;
            var blank = s_blank with { SmartListId = Guid.CreateVersion7().ToString(), CreatedAt = now, UpdatedAt = now };
            var list = edit.Apply(blank, state) with { Version = 1 };
            await new SmartListStore(transaction, account.Id).SaveAsync(list, context.CancellationToken);
            return new CreateSmartListResponse { SmartList = SmartListMessage.Of(list, state) };
        });
    }

    public override async Task<GetSmartListResponse> GetSmartList(GetSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.KeyCase != GetSmartListRequest.KeyOneofCase.None, "smart_list_id", "is required, or name instead")
            .ThrowIfAny();

        var source = request.KeyCase == GetSmartListRequest.KeyOneofCase.Name ? ByName(request.Name) : ById(request.SmartListId);
        var (state, _) = await indexes.CurrentAsync(account.Id, context.CancellationToken);
        return new GetSmartListResponse { SmartList = SmartListMessage.Of(FilterReader.SmartList(source, state), state) };
    }

    public override async Task<ListSmartListsResponse> ListSmartLists(ListSmartListsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        var after = tokens.Pages.Read(request);

        var (state, _) = await indexes.CurrentAsync(account.Id, context.CancellationToken);
        var page = new Page<SmartList>(size, list => list.CalculateSize()).With(state.SmartLists.All
            .Where(list => after is null || string.CompareOrdinal(list.Name, after) > 0)
            .Select(list => SmartListMessage.Of(list, state)));

        var response = new ListSmartListsResponse { SmartLists = { page.Items } };
        if (page.HasMore)
        {
            response.NextPageToken = tokens.Pages.Create(request, page.Items[^1].Name);
        }

        return response;
    }

    public override async Task<UpdateSmartListResponse> UpdateSmartList(UpdateSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var edit = SmartListEdit.Read(request);

        return await changes.RunAsync(account, request, context, async (transaction, state) =>
        {
            var old = FilterReader.SmartList(ById(request.SmartList.SmartListId), state);
            if (request.Version != 0 && request.Version != old.Version)
            {
                throw RpcErrors.VersionMismatch("smart list", old.SmartListId, old.Version);
            }

            var list = edit.Apply(old, state) with { Version = old.Version + 1, UpdatedAt = changes.Now };
            await new SmartListStore(transaction, account.Id).SaveAsync(list, context.CancellationToken);
            return new UpdateSmartListResponse { SmartList = SmartListMessage.Of(list, state) };
        });
    }

    public override async Task<DeleteSmartListResponse> DeleteSmartList(DeleteSmartListRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await changes.RunAsync(account, request, context, async (transaction, state) =>
        {
            var list = FilterReader.SmartList(ById(request.SmartListId), state);
            if (!request.Force)
            {
                await new ReferenceStore(transaction, account.Id).RequireUnusedAsync(
                    "smart_list", list.SmartListId, list.Name, context.CancellationToken);
            }

            await new SmartListStore(transaction, account.Id).DeleteAsync(list.SmartListId, context.CancellationToken);
            return new DeleteSmartListResponse();
        });
    }

    private static FilterSource ById(string smartListId) => new() { SmartListId = smartListId };

    private static FilterSource ByName(string name) => new() { SmartListName = name };
}
