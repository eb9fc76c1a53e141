using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Library;

namespace TagSegments.Tags.Governance;

/// <summary>The calls about what uses tags and what a change of the library does to it.</summary>
internal sealed class TagChangeCalls(GovernanceStore store, TagUsages usages, TagMerge merge, CallWrites writes, TagStore tags)
{
    public async Task<ListTagUsagesResponse> UsagesAsync(AccountInfo account, ListTagUsagesRequest request, CancellationToken ct)
    {
        await tags.RequireAsync(account.Id, [request.TagId], ct);
        return new ListTagUsagesResponse { Usages = { await usages.FindAsync(account.Name, request.TagId, ct) } };
    }

    public async Task<PreviewTagChangeResponse> PreviewAsync(AccountInfo account, PreviewTagChangeRequest request, CancellationToken ct)
    {
        int[] tagIds = request.MergeIntoTagId == 0 ? [request.TagId] : [request.TagId, request.MergeIntoTagId];
        await tags.RequireAsync(account.Id, tagIds, ct);
        var (holders, without) = await store.CompareAsync(account.Id, request.TagId, request.MergeIntoTagId, ct);
        return new PreviewTagChangeResponse
        {
            ContactsLosing = holders,
            ContactsGaining = request.MergeIntoTagId == 0 ? 0 : without,
            Usages = { await usages.FindAsync(account.Name, request.TagId, ct) },
        };
    }

    public async Task<MergeTagsResponse> MergeAsync(AccountInfo account, MergeTagsRequest request, ServerCallContext context)
    {
        if (!request.Force)
        {
            await usages.RequireUnusedAsync(account.Name, request.FromTagId, context.CancellationToken);
        }

        return await writes.RunAsync(
            account,
            context,
            request,
            request.RequestId,
            transaction => merge.RunAsync(transaction, request, context.Principal(), context.CancellationToken),
            (response, token) => response.ConsistencyToken = token);
    }

    public async Task<GetTagDictionaryResponse> DictionaryAsync(AccountInfo account, GetTagDictionaryRequest request, CancellationToken ct)
    {
        var library = await store.LibraryAsync(account.Id, ct);
        var users = await usages.FindAllAsync(account.Name, ct);
        var text = request.Format == GetTagDictionaryRequest.Types.Format.Html
            ? TagDictionary.Html(account.Name, library, users)
            : TagDictionary.Markdown(account.Name, library, users);
        return new GetTagDictionaryResponse { Text = text };
    }
}
