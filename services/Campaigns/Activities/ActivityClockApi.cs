using Crm.Activity.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Activities;

/// <summary>Reports to the other services which accounts have news.</summary>
internal sealed class ActivityClockApi(ClockStream clocks) : ActivityService.ActivityServiceBase
{
    public override Task WatchActivityClocks(
        WatchActivityClocksRequest request, IServerStreamWriter<WatchActivityClocksResponse> responseStream, ServerCallContext context) =>
        clocks.SendAsync(moved => new WatchActivityClocksResponse { Clocks = { moved } }, responseStream, context);
}
