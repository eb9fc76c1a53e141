using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Timeline;

/// <summary>Serves the timeline of a contact.</summary>
internal sealed class TimelineApi(AccountDirectory accounts, ContactStore contacts, ContactTimeline timeline) : ContactService.ContactServiceBase
{
    public override async Task<ListContactTimelineResponse> ListContactTimeline(ListContactTimelineRequest request, ServerCallContext context)
    {
        var size = PageSize.Read(request.PageSize, max: 100, unset: 50);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        if (await contacts.FindAsync(account.Id, request.ContactId, context.CancellationToken) is null)
        {
            throw RpcErrors.NotFound("contact", request.ContactId.ToString(CultureInfo.InvariantCulture));
        }

        return await timeline.ReadAsync(account, request, size, context.CancellationToken);
    }
}
