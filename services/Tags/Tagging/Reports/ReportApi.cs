using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Reports;

/// <summary>The report service.</summary>
internal sealed class ReportApi(AccountDirectory accounts, TagStore tags, ReportStore store, FairQueue turns) : ReportService.ReportServiceBase
{
    private const int MaxTags = 50;
    private const int MaxTimes = 100;

    public override async Task<GetTagHistoryResponse> GetTagHistory(GetTagHistoryRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.TagIds.Count is > 0 and <= MaxTags, "tag_ids", $"must hold 1 to {MaxTags} numbers")
            .Require(request.TagIds.Distinct().Count() == request.TagIds.Count, "tag_ids", "names a tag twice")
            .Require(request.Times.Count is > 0 and <= MaxTimes, "times", $"must hold 1 to {MaxTimes} instants")
            .Require(request.Times.All(FieldChecks.IsValid), "times", "contains an instant outside the years 1 to 9999")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await tags.RequireAsync(account.Id, [.. request.TagIds], context.CancellationToken);

        using var turn = await turns.EnterAsync(account, context.CancellationToken);
        var times = request.Times.Select(time => time.ToDateTime()).ToArray();
        var counts = await store.HistoryAsync(account.Id, [.. request.TagIds], times, context.CancellationToken);
        return new GetTagHistoryResponse
        {
            Histories =
            {
                request.TagIds.Select(tagId => new TagHistory
                {
                    TagId = tagId, ContactCounts = { times.Select((_, index) => counts.GetValueOrDefault((tagId, index))) },
                }),
            },
        };
    }

    public override async Task<GetTagOverlapResponse> GetTagOverlap(GetTagOverlapRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.TagIds.Count is > 1 and <= MaxTags, "tag_ids", $"must hold 2 to {MaxTags} numbers")
            .Require(request.TagIds.Distinct().Count() == request.TagIds.Count, "tag_ids", "names a tag twice")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await tags.RequireAsync(account.Id, [.. request.TagIds], context.CancellationToken);

        using var turn = await turns.EnterAsync(account, context.CancellationToken);
        var counts = await store.OverlapAsync(account.Id, [.. request.TagIds], context.CancellationToken);
        return new GetTagOverlapResponse
        {
            Rows =
            {
                request.TagIds.Select(first => new OverlapRow
                {
                    TagId = first, ContactCounts = { request.TagIds.Select(second => counts.GetValueOrDefault((first, second))) },
                }),
            },
        };
    }
}
