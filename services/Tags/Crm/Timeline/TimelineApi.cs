using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Timeline;

/// <summary>Serves the timeline of a contact.</summary>
internal sealed class TimelineApi(AccountDirectory accounts, ContactStore contacts, ContactTimeline timeline) : ContactService.ContactServiceBase
{
    private const int MaxPage = 100;

    public override async Task<ListContactTimelineResponse> ListContactTimeline(ListContactTimelineRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > MaxPage)
        {
            throw RpcErrors.InvalidField("page_size", $"must be 1 to {MaxPage}, or 0 for 50");
        }

        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        if (await contacts.FindAsync(account.Id, request.ContactId, context.CancellationToken) is null)
        {
            throw RpcErrors.NotFound("contact", request.ContactId.ToString(CultureInfo.InvariantCulture));
        }

        return await timeline.ReadAsync(account, request, context.CancellationToken);
    }
}
