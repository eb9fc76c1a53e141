using System.Globalization;
using Crm.Common.V1;
using Crm.Tags.V1;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Merges one tag into another, in one transaction.</summary>
internal sealed class TagMerge(TagStore store, TimeProvider time)
{
    /// <summary>Gives the contacts of the one the other, takes the one off them and deletes it.</summary>
    public async Task<MergeTagsResponse> RunAsync(AccountTransaction transaction, MergeTagsRequest request, string actor, CancellationToken ct)
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
