using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.SmartLists;

/// <summary>Keeps smart lists: each change is one transaction, reads are answered from the account's current state.</summary>
internal sealed class SmartListCalls(DefinitionChanges changes, AccountIndexes indexes)
{
    private static readonly SmartListDefinition s_blank = new("", "", "", new Filter(), 0, 0, [], "", false, 0, default, default);

    /// <summary>Saves a new list.</summary>
    public Task<CreateSmartListResponse> CreateAsync(
        AccountInfo account, CreateSmartListRequest request, SmartListEdit edit, ServerCallContext context) =>
        changes.RunAsync(account, request, request.RequestId, context, async (transaction, state) =>
        {
            var now = changes.Now;
            var blank = s_blank with { SmartListId = Guid.CreateVersion7().ToString(), CreatedAt = now, UpdatedAt = now };
            var list = edit.Apply(blank, state) with { Version = 1 };
            await new SmartListStore(transaction, account.Id).SaveAsync(list, context.CancellationToken);
            return new CreateSmartListResponse { SmartList = ToProto(list, state) };
        });

    /// <summary>Gets a list or throws NOT_FOUND.</summary>
    public async Task<SmartList> GetAsync(AccountInfo account, FilterSource source, CancellationToken ct)
    {
        var (state, _) = await indexes.CurrentAsync(account.Id, ct);
        return ToProto(FilterReader.SmartList(source, state), state);
    }

    /// <summary>Lists the lists by name, behind a name.</summary>
    public async Task<IReadOnlyList<SmartList>> ListAsync(AccountInfo account, string? after, int limit, CancellationToken ct)
    {
        var (state, _) = await indexes.CurrentAsync(account.Id, ct);
        return
        [
            .. state.SmartLists.All
                .Where(list => after is null || string.CompareOrdinal(list.Name, after) > 0)
                .Take(limit)
                .Select(list => ToProto(list, state)),
        ];
    }

    /// <summary>Changes a list.</summary>
    public Task<UpdateSmartListResponse> UpdateAsync(
        AccountInfo account, UpdateSmartListRequest request, SmartListEdit edit, ServerCallContext context) =>
        changes.RunAsync(account, request, request.RequestId, context, async (transaction, state) =>
        {
            var old = Find(request.SmartList.SmartListId, state);
            if (request.Version != 0 && request.Version != old.Version)
            {
                throw RpcErrors.VersionMismatch("smart list", old.SmartListId, old.Version);
            }

            var list = edit.Apply(old, state) with { Version = old.Version + 1, UpdatedAt = changes.Now };
            await new SmartListStore(transaction, account.Id).SaveAsync(list, context.CancellationToken);
            return new UpdateSmartListResponse { SmartList = ToProto(list, state) };
        });

    /// <summary>Deletes a list.</summary>
    public Task<DeleteSmartListResponse> DeleteAsync(AccountInfo account, DeleteSmartListRequest request, ServerCallContext context) =>
        changes.RunAsync(account, request, request.RequestId, context, async (transaction, state) =>
        {
            var list = Find(request.SmartListId, state);
            if (!request.Force)
            {
                await new ReferenceStore(transaction, account.Id).RequireUnusedAsync(
                    "smart_list", list.SmartListId, list.Name, context.CancellationToken);
            }

            await new SmartListStore(transaction, account.Id).DeleteAsync(list.SmartListId, context.CancellationToken);
            return new DeleteSmartListResponse();
        });

    private static SmartListDefinition Find(string smartListId, AccountState state) =>
        FilterReader.SmartList(new FilterSource { SmartListId = smartListId }, state);

    private static SmartList ToProto(SmartListDefinition list, AccountState state)
    {
        var columns = list.Columns.Select(key => ListColumn.ByKey(key, state.Catalog)).ToList();
        var sort = list.SortColumn.Length == 0 ? null : ListColumn.ByKey(list.SortColumn, state.Catalog);
        string[] members = [.. FilterReader.Problems(list.Filter, state), .. FilterReader.MissingTags(list, state).Select(tag => tag.ToString())];
        var ofView = columns.Select((column, i) => (column, $"columns[{i}]")).Append((sort!, "sort.column"))
            .Where(entry => entry.Item1 is { IsMissing: true })
            .Select(entry => new MissingReference("field", entry.Item1.Key[1..], entry.Item2).ToString());
        return new SmartList
        {
            SmartListId = list.SmartListId,
            Name = list.Name,
            Description = list.Description,
            Filter = list.Filter,
            Text = FilterPrinter.Print(list.Filter, state.Catalog),
            IncludeTagId = list.IncludeTagId,
            ExcludeTagId = list.ExcludeTagId,
            Columns = { columns.Select(column => column.Name) },
            Sort = new SmartListSort { Column = sort?.Name ?? "", Descending = list.SortDescending },
            Version = list.Version,
            State = members.Length == 0 ? SmartList.Types.State.Valid : SmartList.Types.State.Invalid,
            Problems = { members, ofView },
            CreateTime = list.CreatedAt.ToTimestamp(),
            UpdateTime = list.UpdatedAt.ToTimestamp(),
        };
    }
}
