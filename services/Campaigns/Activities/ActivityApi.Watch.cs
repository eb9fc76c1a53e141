using System.Globalization;
using Crm.Activity.V1;
using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Activities;

// The feed. The clock's order is the order of commits, so nothing ever appears before a position that was handed out.
internal sealed partial class ActivityApi
{
    private const int FeedBatch = 1_000;

    // Properties may be long: a response stays far below the limit of a message.
    private const int FeedBytes = 512 * 1024;
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    public override async Task WatchActivities(
        WatchActivitiesRequest request, IServerStreamWriter<WatchActivitiesResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var place = await StartAsync(account.Id, request.After, ct);
        if (request.After == "now")
        {
            // The consumer learns that it will get everything from here on.
            await responseStream.WriteAsync(new WatchActivitiesResponse { Position = Position(account.Id, place) }, ct);
        }

        var lastSent = tools.Time.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            // The clock is read first: the feed is complete up to it.
            var clock = await activities.ClockAsync(account.Id, ct);
            var found = await activities.FeedAsync(account.Id, place, Kinds(request.Kinds), FeedBatch, ct);
            var wasCut = Cut(found);
            place = found.Count > 0 ? found[^1].Place : new FeedPlace(Math.Max(place.Pos, clock.Pos), long.MaxValue);
            if (found.Count > 0 || tools.Time.GetElapsedTime(lastSent) >= s_heartbeat)
            {
                await SendAsync(found);
            }

            if (request.UntilPresent && found.Count < FeedBatch && !wasCut)
            {
                // The feed was read up to the clock, which later activities have moved on meanwhile.
                await responseStream.WriteAsync(
                    new WatchActivitiesResponse { Position = Position(account.Id, place), ClockPosition = clock.Pos }, ct);
                return;
            }

            while (found.Count < FeedBatch && !wasCut && !await clocks.WaitAsync(account.Id, place.Pos, s_heartbeat, ct))
            {
                await SendAsync([]);
            }
        }

        async Task SendAsync(List<(FeedPlace Place, Activity Activity)> found)
        {
            await responseStream.WriteAsync(
                new WatchActivitiesResponse { Activities = { found.Select(f => f.Activity) }, Position = Position(account.Id, place) }, ct);
            lastSent = tools.Time.GetTimestamp();
        }
    }

    // The activities that no longer fit are read again for the next response.
    private static bool Cut(List<(FeedPlace Place, Activity Activity)> found)
    {
        var (bytes, fitting) = (0, 0);
        while (fitting < found.Count && (fitting == 0 || bytes < FeedBytes))
        {
            bytes += found[fitting++].Activity.CalculateSize();
        }

        var wasCut = fitting < found.Count;
        found.RemoveRange(fitting, found.Count - fitting);
        return wasCut;
    }

    private async Task<FeedPlace> StartAsync(int accountId, string after, CancellationToken ct) => after switch
    {
        "" => default,
        "now" => new FeedPlace((await activities.ClockAsync(accountId, ct)).Pos, long.MaxValue),
        _ => await RequiredAsync(accountId, ReadPlace(accountId, after), ct),
    };

    private async Task<FeedPlace> RequiredAsync(int accountId, FeedPlace place, CancellationToken ct)
    {
        await activities.RequireAsync(accountId, place.Pos, ct);
        return place;
    }

    private string Position(int accountId, FeedPlace place) => tools.Sealed.Create(
        "activity feed", [], string.Create(CultureInfo.InvariantCulture, $"{accountId} {place.Pos} {place.ActivityId}"));

    private FeedPlace ReadPlace(int accountId, string after)
    {
        var numbers = tools.Sealed.Read("activity feed", [], after)?.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToList();
        return numbers is [var account, var pos, var activityId] && account == accountId
            ? new FeedPlace(pos, activityId)
            : throw RpcErrors.InvalidFields(
                ErrorReason.PageToken, "after: is not a position in this account's feed", [("after", "is not a position in this account's feed")]);
    }
}
