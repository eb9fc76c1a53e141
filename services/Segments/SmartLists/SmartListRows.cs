using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Past;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.SmartLists;

/// <summary>Reads pages of smart lists: who is in and what the rows hold, from one snapshot, now or as of an instant of the past.</summary>
internal sealed class SmartListRows(AnytimeEvaluator evaluator, CallTokens tokens)
{
    /// <summary>Lists the rows behind the request's page token.</summary>
    public Task<ListSmartListRowsResponse> ListAsync(
        AccountInfo account, FilterSource source, ListSmartListRowsRequest request, int size, CancellationToken ct)
    {
        var token = tokens.Pages.Read(request);
        return evaluator.WithinAsync(
            account.Id,
            request.AsOf,
            (today, then) => [new Question(FilterReader.Read(source, today, then))],
            (scope, evaluations) => PageAsync(scope, evaluations[0], source, request, token, size, ct),
            ct);
    }

    private async Task<ListSmartListRowsResponse> PageAsync(
        EvaluationScope scope,
        Evaluation.Evaluation members,
        FilterSource source,
        ListSmartListRowsRequest request,
        string? token,
        int size,
        CancellationToken ct)
    {
        var (names, then) = (scope.Today.Catalog, members.State.Catalog);
        var list = FilterReader.FindSmartList(source, scope.Today);
        var keys = request.Columns.Count > 0 || list is null
            ? ListColumn.Keys(request.Columns.Count > 0 ? request.Columns : ListColumn.Default, names, "columns")
            : list.Columns;
        var order = request.Sort is null && list is not null ? ListOrder.Of(list, then) : ListOrder.Read(request.Sort, names, "sort").In(then);
        var page = await new ListPage(scope, members, [.. keys.Select(key => ListColumn.ByKey(key, then))])
            .ReadAsync(order, order.Read(token), size + 1, ct);

        var response = new ListSmartListRowsResponse
        {
            Columns = { keys.Select(key => ListColumn.ByKey(key, names).Name) },
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
