using Crm.Accounts.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;
using AdminEvent = Crm.Accounts.V1.AdminEvent;

namespace TagSegments.Tags.Crm.Accounts.Audit;

/// <summary>Serves the audit trail of administrators.</summary>
internal sealed class AuditApi(AccountDirectory accounts, AdminEventStore store, PageTokens pages) : AccountService.AccountServiceBase
{
    public override async Task<ListAdminEventsResponse> ListAdminEvents(ListAdminEventsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var response = new ListAdminEventsResponse();
        response.NextPageToken = await ListAsync(request, account.Id, request.PageSize, response.Events, context.CancellationToken);
        return response;
    }

    public override async Task<ListPlatformEventsResponse> ListPlatformEvents(ListPlatformEventsRequest request, ServerCallContext context)
    {
        context.RequireEveryAccount();
        var response = new ListPlatformEventsResponse();
        response.NextPageToken = await ListAsync(request, AdminEventStore.Platform, request.PageSize, response.Events, context.CancellationToken);
        return response;
    }

    public override async Task<RecordAdminEventResponse> RecordAdminEvent(RecordAdminEventRequest request, ServerCallContext context)
    {
        var wanted = request.Event ?? throw RpcErrors.InvalidField("event", "is required");
        var isId = Guid.TryParse(wanted.EventId, out var id);
        new FieldChecks()
            .Require(isId, "event.event_id", "is not a UUID")
            .Require(wanted.Time is not null, "event.time", "is required")
            .RequireTime(wanted.Time, "event.time")
            .ThrowIfAny();

        var entry = new ServiceDefaults.Calls.AdminEvent(id, request.Account, wanted.Time!.ToDateTimeOffset(), wanted.Actor, wanted.Call, wanted.Named);
        await store.WriteAsync(entry, wanted.Outcome.Length == 0 ? null : wanted.Outcome, context.CancellationToken);
        return new RecordAdminEventResponse();
    }

    private async Task<string> ListAsync(IMessage request, int accountId, int pageSize, RepeatedField<AdminEvent> events, CancellationToken ct)
    {
        var size = PageSize.Read(pageSize);
        var before = pages.Read(request) is { } position ? Guid.Parse(position) : (Guid?)null;
        var found = await store.ListAsync(accountId, before, size + 1, ct);
        events.Add(found.Take(size));
        return found.Count > size ? pages.Create(request, events[^1].EventId) : "";
    }
}
