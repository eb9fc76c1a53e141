using System.Globalization;
using Crm.Common.V1;
using Crm.Tags.V1;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Library;

namespace TagSegments.Tags.Governance;

/// <summary>Merges one tag into another, in one transaction.</summary>
internal sealed class TagMerge(TagStore store, TimeProvider time)
{
    /// <summary>Gives the contacts of the one the other, takes the one off them and deletes it.</summary>
    public async Task<MergeTagsResponse> RunAsync(AccountTransaction transaction, MergeTagsRequest request, string actor, CancellationToken ct)
    {
        await transaction.LockLibraryAsync(ct);
        var rows = new Dictionary<int, TagRow>();
        foreach (var tagId in new[] { request.FromTagId, request.IntoTagId }.Order())
        {
            rows[tagId] = await TagStore.LockAsync(transaction, tagId, ct);
            if (rows[tagId].DeletedAt is not null)
            {
                throw RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture));
            }
        }

        var cause = new ChangeCause(
            Cause.Types.Kind.Merge, actor, request.FromTagId.ToString(CultureInfo.InvariantCulture), SkipWorkflows: !request.StartWorkflows);
        var holders = await TagLifecycle.LockHoldersAsync(transaction, request.FromTagId, ct);
        var gained = await transaction.SetBitsAsync(request.IntoTagId, holders, on: true, cause, ct);
        await transaction.SetBitsAsync(request.FromTagId, holders, on: false, cause, ct);
        await TagLifecycle.DropChunksAsync(transaction, request.FromTagId, ct);
        await store.SaveAsync(transaction, rows[request.FromTagId] with { DeletedAt = time.GetUtcNow().UtcDateTime }, ct);
        return new MergeTagsResponse { Tag = await TagStore.GetAsync(transaction, request.IntoTagId, ct), Gained = gained.Count };
    }
}
