using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;

namespace TagSegments.Segments.SmartLists;

/// <summary>This part reads pages of smart lists: the members and their rows, at one moment.</summary>
internal sealed partial class SmartListApi
{
    public override async Task<ListSmartListRowsResponse> ListSmartListRows(ListSmartListRowsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        new FieldChecks()
            .Require(request.KeyCase != ListSmartListRowsRequest.KeyOneofCase.None, "smart_list_id", "is required, or name or source instead")
            .Require(request.Columns.Count <= SmartListEdit.MaxColumns, "columns", $"has more than {SmartListEdit.MaxColumns} entries")
            .ThrowIfAny();
        var position = tokens.Pages.Read(request);

        var source = request.KeyCase switch
        {
            ListSmartListRowsRequest.KeyOneofCase.Name => ByName(request.Name),
            ListSmartListRowsRequest.KeyOneofCase.SmartListId => ById(request.SmartListId),
            _ => request.Source,
        };
        await using var evaluation = await evaluator.OpenAsync(
            account, new EvaluationRequest(new RequestedFilter(source)), request.AsOf, context.CancellationToken);
        return await PageAsync(request, evaluation, source, position, size, context.CancellationToken);
    }

    private async Task<ListSmartListRowsResponse> PageAsync(
        ListSmartListRowsRequest request, OpenEvaluation evaluation, FilterSource source, string? position, int size, CancellationToken ct)
    {
        var (moment, members) = (evaluation.Moment, evaluation.Matches[0]);
        var (names, then) = (moment.Today.Catalog, moment.Then.Catalog);
        var list = FilterReader.FindSmartList(source, moment.Today);
        var keys = request.Columns.Count > 0 || list is null
            ? ListColumn.Keys(request.Columns.Count > 0 ? request.Columns : ListColumn.Default, names, "columns")
            : list.Columns;
        var order = request.Sort is null && list is not null ? ListOrder.Of(list, then) : ListOrder.Read(request.Sort, names, "sort").In(then);
        var skip = PageSize.ReadSkip(request.Skip, order.MaxSkip);
        var page = await new ListPage(moment, members, [.. keys.Select(key => ListColumn.ByKey(key, then))])
            .ReadAsync(order, order.Read(position), skip, size, ct);

        var response = new ListSmartListRowsResponse
        {
            Columns = { keys.Select(key => ListColumn.ByKey(key, names).Name) },
            Rows = { page.Items.Select(row => row.ToProto()) },
            Total = members.Count(),
            EvaluationTime = members.Now.ToTimestamp(),
            ErasedContacts = members.State.ErasedContacts,
        };
        if (page.HasMore)
        {
            var last = page.Items[^1];
            response.NextPageToken = tokens.Pages.Create(request, order.Behind(last.ContactId, last.SortValue));
        }

        return response;
    }
}
