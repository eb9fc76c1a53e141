using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Finds, lists and cancels operations.</summary>
internal sealed class BulkList(BulkStore store, PageTokens pages)
{
    /// <summary>Gets an operation; throws NOT_FOUND if there is none.</summary>
    public async Task<(BulkOperation Operation, BulkRow Row)> GetAsync(int accountId, string operationId, CancellationToken ct)
    {
        var row = await store.GetAsync(accountId, operationId, ct);
        return ((await store.ToProtoAsync([row], ct)).Single(), row);
    }

    /// <summary>Cancels an operation unless it has ended.</summary>
    public async Task CancelAsync(int accountId, string operationId, CancellationToken ct) =>
        await store.CancelAsync(await store.GetAsync(accountId, operationId, ct), ct);

    /// <summary>Reads a page of the account's operations.</summary>
    public async Task<ListBulkOperationsResponse> ReadAsync(int accountId, ListBulkOperationsRequest request, CancellationToken ct)
    {
        var size = PageSize.Read(request.PageSize);
        var before = pages.Read(request) is { } position ? Guid.Parse(position) : (Guid?)null;
        var rows = await store.ListAsync(accountId, before, size + 1, ct);
        var response = new ListBulkOperationsResponse { Operations = { await store.ToProtoAsync([.. rows.Take(size)], ct) } };
        if (rows.Count > size)
        {
            response.NextPageToken = pages.Create(request, rows[size - 1].OperationId.ToString());
        }

        return response;
    }
}
