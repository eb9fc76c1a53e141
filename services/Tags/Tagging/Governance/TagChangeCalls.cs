using System.Globalization;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>The calls about what uses tags and what a change of the library does to it.</summary>
internal sealed class TagChangeCalls(
    GovernanceStore store, TagUsages usages, TagWhatIf whatIf, TagAudit audit, TagMerge merge, CallWrites writes, TagStore tags)
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
        var change = new TagChange(
            request.TagId, request.MergeIntoTagId, request.NewName.Length == 0 ? "" : TagNames.Normalize(request.NewName, "new_name"));
        if (change.IsRename && await tags.FindAsync(account.Id, change.NewName, ct) is { } owner && owner.TagId != request.TagId)
        {
            throw RpcErrors.AlreadyExists("tag", change.NewName, owner.TagId.ToString(CultureInfo.InvariantCulture));
        }

        var (holders, without) = await store.CompareAsync(account.Id, request.TagId, request.MergeIntoTagId, ct);
        var losing = change.IsRename ? 0 : holders;
        var gaining = change.IsMerge ? without : 0;
        var (segments, lists) = await whatIf.FiltersAsync(account, change, ct);
        return new PreviewTagChangeResponse
        {
            ContactsLosing = losing,
            ContactsGaining = gaining,
            Usages = { await usages.FindAsync(account.Name, request.TagId, ct) },
            Segments = { segments },
            SmartLists = { lists },
            Workflows = { await whatIf.WorkflowsAsync(account, change, gaining, losing, ct) },
            Findings = { change.IsRename ? await FindingsAsync(account, change, ct) : [] },
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

    // The tag itself is no near-duplicate of its new name.
    private async Task<List<TagFinding>> FindingsAsync(AccountInfo account, TagChange change, CancellationToken ct)
    {
        var policy = await store.PolicyAsync(account.Id, ct);
        var findings = await audit.CheckNameAsync(account.Id, policy, change.NewName, ct);
        findings.RemoveAll(finding => finding.TagIds is [var only] && only == change.TagId);
        return findings;
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
