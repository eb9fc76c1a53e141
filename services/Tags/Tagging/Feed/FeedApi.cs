using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>Serves the changes of contacts' tags: as a list, newest first, and as a stream.</summary>
internal sealed class FeedApi(AccountDirectory accounts, EventList list, TagWatch watch, FairQueue turns) : TagService.TagServiceBase
{
    public override async Task<ListTagEventsResponse> ListTagEvents(ListTagEventsRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.ContactId >= 0, "contact_id", "is negative")
            .Require(request.TagId >= 0, "tag_id", "is negative")
            .Require(Enum.IsDefined(request.CauseKind), "cause_kind", "is not a known kind")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        using var turn = request.ShowTotal ? await turns.EnterAsync(account, context.CancellationToken) : null;
        return await list.ReadAsync(account.Id, request, context.CancellationToken);
    }

    public override async Task WatchTagEvents(
        WatchTagEventsRequest request, IServerStreamWriter<WatchTagEventsResponse> responseStream, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.TagIds.Count <= 10_000, "tag_ids", "holds more than 10,000 numbers")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        await watch.RunAsync(account.Id, request, responseStream, context.CancellationToken);
    }
}
