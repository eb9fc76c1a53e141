using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Activities;

/// <summary>Reports to the other services which accounts have news.</summary>
internal sealed class ActivityClockApi(ClockFeed clocks, IHostApplicationLifetime lifetime) : ActivityService.ActivityServiceBase
{
    public override async Task WatchActivityClocks(
        WatchActivityClocksRequest request, IServerStreamWriter<WatchActivityClocksResponse> responseStream, ServerCallContext context)
    {
        context.RequireEveryAccount();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await clocks.WatchAsync(
                moved => responseStream.WriteAsync(
                    new() { Clocks = { moved.Select(clock => new AccountClock { AccountId = clock.Key, Position = clock.Value }) } }, stop.Token),
                stop.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.Create(StatusCode.Unavailable, ErrorReason.Unavailable, "The server stops. Begin again.");
        }
    }
}
