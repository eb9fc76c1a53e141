using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Contacts.Feed;

/// <summary>Reports to the other services which accounts have news.</summary>
internal sealed class ContactClockApi(ClockStream clocks) : ContactService.ContactServiceBase
{
    public override Task WatchContactClocks(
        WatchContactClocksRequest request, IServerStreamWriter<WatchContactClocksResponse> responseStream, ServerCallContext context) =>
        clocks.SendAsync(moved => new WatchContactClocksResponse { Clocks = { moved } }, responseStream, context);
}
