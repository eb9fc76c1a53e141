using System.Globalization;
using Crm.Common.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Serves the merge of one tag into another.</summary>
internal sealed class MergeApi(AccountDirectory accounts, AccountWrites writes, TagStore store, TagUsages usages, TimeProvider time)
    : GovernanceService.GovernanceServiceBase
{
    public override async Task<MergeTagsResponse> MergeTags(MergeTagsRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.FromTagId != request.IntoTagId, "into_tag_id", "is the tag to be merged").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        if (!request.Force)
        {
            await usages.RequireUnusedAsync(account.Name, request.FromTagId, context.CancellationToken);
        }

        return await writes.RunAsync(
            account,
            context,
            request,
            transaction => MergeAsync(transaction, request, context.Principal(), context.CancellationToken),
            (response, token) => response.ConsistencyToken = token);
    }

    // Gives the contacts of the one the other, takes the one off them and deletes it.
    private async Task<MergeTagsResponse> MergeAsync(AccountTransaction transaction, MergeTagsRequest request, string actor, CancellationToken ct)
    {
        await transaction.LockLibraryAsync(ct);
        var rows = new Dictionary<int, TagRow>();
        var holders = new Dictionary<int, SortedDictionary<int, byte[]>>();

        // In the order in which groups of single changes lock chunks, which do not wait for the library.
        foreach (var tagId in new[] { request.FromTagId, request.IntoTagId }.Order())
        {
            rows[tagId] = await TagStore.LockAsync(transaction, tagId, ct);
            if (rows[tagId].DeletedAt is not null)
            {
                throw RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture));
            }

            holders[tagId] = await TagLifecycle.LockHoldersAsync(transaction, tagId, ct);
        }

        var cause = new ChangeCause(
            Cause.Types.Kind.Merge, actor, request.FromTagId.ToString(CultureInfo.InvariantCulture), SkipWorkflows: !request.StartWorkflows);
        var moved = holders[request.FromTagId];
        var gained = await transaction.SetBitsAsync(request.IntoTagId, moved, on: true, cause, ct);
        await transaction.SetBitsAsync(request.FromTagId, moved, on: false, cause, ct);
        await TagLifecycle.DropChunksAsync(transaction, request.FromTagId, ct);
        await store.SaveAsync(transaction, rows[request.FromTagId] with { DeletedAt = time.GetUtcNow().UtcDateTime }, ct);
        return new MergeTagsResponse { Tag = await TagStore.GetAsync(transaction, request.IntoTagId, ct), Gained = gained.Count };
    }
}
