using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>Streams tag changes of an account to one consumer: first the history after its position, then new changes, with heartbeats.</summary>
internal sealed class TagWatch(
    EventReader reader, FeedPositions positions, ChangeNotifier clock, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Streams until the consumer goes away, or the server does: then with UNAVAILABLE, for the consumer to come back.</summary>
    public async Task RunAsync(
        int accountId, WatchTagEventsRequest request, IServerStreamWriter<WatchTagEventsResponse> responses, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        try
        {
            var cursor = await positions.ReadAsync(accountId, request.After, stop.Token);
            if (request.After == FeedPositions.Now)
            {
                // The consumer learns that nothing from here on will escape it.
                await responses.WriteAsync(new WatchTagEventsResponse { Position = positions.Create(accountId, cursor) }, stop.Token);
            }

            await StreamAsync(accountId, cursor, request, responses, stop.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw RpcErrors.Create(StatusCode.Unavailable, ErrorReason.ShuttingDown, "The server stops. Go on with the last position.");
        }
    }

    private async Task StreamAsync(
        int accountId,
        FeedCursor cursor,
        WatchTagEventsRequest request,
        IServerStreamWriter<WatchTagEventsResponse> responses,
        CancellationToken ct)
    {
        int[] tagIds = [.. request.TagIds];
        var lastSent = time.GetTimestamp();
        while (true)
        {
            var (batches, hasMore) = await reader.ReadAsync(accountId, cursor, tagIds, request.Pack, ct);
            foreach (var (events, after) in batches)
            {
                cursor = after;
                if (events.Count > 0)
                {
                    await SendAsync(events);
                }
            }

            if (request.UntilPresent && !hasMore)
            {
                await responses.WriteAsync(new() { Position = positions.Create(accountId, cursor), ClockPosition = cursor.Pos }, ct);
                return;
            }

            // Also where there are commits all the time and nothing for this feed in them.
            while (!hasMore && (time.GetElapsedTime(lastSent) >= s_heartbeat || !await clock.WaitAsync(accountId, cursor.Pos, s_heartbeat, ct)))
            {
                await SendAsync([]);
            }
        }

        Task SendAsync(List<TagEvent> events)
        {
            lastSent = time.GetTimestamp();
            return responses.WriteAsync(new WatchTagEventsResponse { Events = { events }, Position = positions.Create(accountId, cursor) }, ct);
        }
    }
}
