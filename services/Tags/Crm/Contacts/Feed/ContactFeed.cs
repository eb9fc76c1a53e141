using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Tagging.Feed;

namespace TagSegments.Tags.Crm.Contacts.Feed;

/// <summary>Streams contact events of an account to one consumer: first the history after its position, then new events, with heartbeats.</summary>
internal sealed class ContactFeed(
    FieldStore fields, ContactFeedStore store, FeedPositions positions, ChangeNotifier clock, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int EventsPerResponse = 1_000;
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Streams until the consumer goes away, or the server does: then with UNAVAILABLE, for the consumer to come back.</summary>
    public async Task WatchAsync(
        int accountId, WatchContactEventsRequest request, IServerStreamWriter<WatchContactEventsResponse> responses, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        try
        {
            var cursor = await positions.ReadAsync(accountId, request.After, stop.Token);
            await store.RequireAsync(accountId, cursor.Pos, stop.Token);
            if (request.After == FeedPositions.Now)
            {
                // The consumer learns that nothing from here on will escape it.
                await SendAsync(responses, accountId, cursor, [], stop.Token);
            }

            await StreamAsync(accountId, cursor, request.UntilPresent, responses, stop.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw RpcErrors.Create(StatusCode.Unavailable, ErrorReason.ShuttingDown, "The server stops. Go on with the last position.");
        }
    }

    private async Task StreamAsync(
        int accountId, FeedCursor cursor, bool untilPresent, IServerStreamWriter<WatchContactEventsResponse> responses, CancellationToken ct)
    {
        var lastSent = time.GetTimestamp();
        while (true)
        {
            while (await store.NextStepAsync(accountId, cursor.Pos, ct) is { } upTo)
            {
                lastSent = await SendStepAsync(accountId, cursor, upTo, responses, ct) ? time.GetTimestamp() : lastSent;
                cursor = upTo;
            }

            if (untilPresent)
            {
                await responses.WriteAsync(new() { Position = positions.Create(accountId, cursor), ClockPosition = cursor.Pos }, ct);
                return;
            }

            // Also where there are commits all the time and nothing for this feed in them.
            while (time.GetElapsedTime(lastSent) >= s_heartbeat || !await clock.WaitAsync(accountId, cursor.Pos, s_heartbeat, ct))
            {
                await SendAsync(responses, accountId, cursor, [], ct);
                lastSent = time.GetTimestamp();
            }
        }
    }

    // Commits without events for this feed advance the position silently; the next response or heartbeat reports it.
    private async Task<bool> SendStepAsync(
        int accountId, FeedCursor after, FeedCursor upTo, IServerStreamWriter<WatchContactEventsResponse> responses, CancellationToken ct)
    {
        var catalog = await fields.LoadAsync(accountId, Field.Types.Target.Contact, ct);
        var events = new List<ContactEvent>();
        var isSent = false;
        for (var pos = after.Pos; await store.ReadAsync(accountId, pos, upTo.Pos, ct) is { Count: > 0 } commits; pos = commits[^1].Position.Pos)
        {
            foreach (var commit in commits)
            {
                events.AddRange(commit.ToEvents(catalog));
                if (events.Count >= EventsPerResponse)
                {
                    await SendAsync(responses, accountId, FeedCursor.After(commit.Position.Pos, commit.Position.Nonce), events, ct);
                    (events, isSent) = ([], true);
                }
            }
        }

        if (events.Count > 0)
        {
            await SendAsync(responses, accountId, upTo, events, ct);
        }

        return isSent || events.Count > 0;
    }

    private Task SendAsync(
        IServerStreamWriter<WatchContactEventsResponse> responses, int accountId, FeedCursor cursor, List<ContactEvent> events, CancellationToken ct) =>
        responses.WriteAsync(new WatchContactEventsResponse { Events = { events }, Position = positions.Create(accountId, cursor) }, ct);
}
