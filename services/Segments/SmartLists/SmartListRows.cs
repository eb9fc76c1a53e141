using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.SmartLists;

/// <summary>Reads pages of smart lists: who is in and what the rows hold, from one snapshot.</summary>
internal sealed class SmartListRows(Evaluator evaluator, CallTokens tokens)
{
    /// <summary>Lists the rows behind the request's page token.</summary>
    public Task<ListSmartListRowsResponse> ListAsync(
        AccountInfo account, FilterSource source, ListSmartListRowsRequest request, int size, CancellationToken ct)
    {
        var token = tokens.Pages.Read(request);
        return evaluator.WithinAsync(
            account.Id,
            state => [new Question(FilterReader.Read(source, state))],
            (snapshot, evaluations) => PageAsync(snapshot, evaluations[0], source, request, token, size, ct),
            ct);
    }

    private async Task<ListSmartListRowsResponse> PageAsync(
        Snapshot snapshot,
        Evaluation.Evaluation members,
        FilterSource source,
        ListSmartListRowsRequest request,
        string? token,
        int size,
        CancellationToken ct)
    {
        var catalog = members.State.Catalog;
        var list = FilterReader.SmartList(source, members.State);
        var columns = list.Columns.Select(key => ListColumn.ByKey(key, catalog)).ToList();
        var order = request.Sort is null ? ListOrder.Of(list, catalog) : ListOrder.Read(request.Sort, catalog, "sort");
        var page = await new ListPage(snapshot, members, columns).ReadAsync(order, order.Read(token), size + 1, ct);

        var response = new ListSmartListRowsResponse
        {
            Columns = { columns.Select(column => column.Name) },
            Rows = { page.Take(size).Select(row => row.ToProto()) },
            Total = members.Count(),
            EvaluationTime = members.Now.ToTimestamp(),
        };
        if (page.Count > size)
        {
            var last = page[size - 1];
            response.NextPageToken = tokens.Pages.Create(request, order.Behind(last.ContactId, last.SortValue));
        }

        return response;
    }
}
