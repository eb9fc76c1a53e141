using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Fields;

namespace TagSegments.Tags.Contacts;

/// <summary>Follows the account clock and sends what happened to contacts, commit by commit.</summary>
internal sealed class ContactFeed(NpgsqlDataSource database, AccountDirectory accounts, ConsistencyTokens tokens, TimeProvider time)
{
    private const int EventsPerResponse = 1_000;
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private readonly FieldStore _fields = new(database);
    private readonly ContactFeedStore _store = new(database);

    /// <summary>Sends events behind <c>after</c> until the caller hangs up.</summary>
    public async Task WatchAsync(
        WatchContactEventsRequest request, IServerStreamWriter<WatchContactEventsResponse> stream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var position = await StartAsync(account, request.After, ct);
        var sentAt = DateTimeOffset.MinValue;
        while (true)
        {
            var reached = await SendNewAsync(account, position, stream, ct);
            var now = time.GetUtcNow();
            if (reached is null && now - sentAt >= s_heartbeat)
            {
                await stream.WriteAsync(Response(account, position, []), ct);
                sentAt = now;
            }

            sentAt = reached is null ? sentAt : now;
            position = reached ?? position;
            if (reached is null)
            {
                await Task.Delay(s_poll, time, ct);
            }
        }
    }

    // Commits without events for this feed move the position silently; the next response or heartbeat tells.
    private async Task<Position?> SendNewAsync(
        AccountInfo account, Position after, IServerStreamWriter<WatchContactEventsResponse> stream, CancellationToken ct)
    {
        if (await _store.NextStepAsync(account.Id, after.Pos, ct) is not { } upTo)
        {
            return null;
        }

        var fields = await _fields.LoadAsync(account.Id, Field.Types.Target.Contact, ct);
        var events = new List<ContactEvent>();
        await foreach (var commit in _store.ReadAsync(account.Id, after.Pos, upTo.Pos, ct))
        {
            events.AddRange(commit.ToEvents(fields));
            if (events.Count >= EventsPerResponse)
            {
                await stream.WriteAsync(Response(account, commit.Position, events), ct);
                events.Clear();
            }
        }

        if (events.Count > 0)
        {
            await stream.WriteAsync(Response(account, upTo, events), ct);
        }

        return upTo;
    }

    private async Task<Position> StartAsync(AccountInfo account, string after, CancellationToken ct)
    {
        switch (after)
        {
            case "":
                return await _store.PositionAsync(account.Id, 0, ct) ?? default;
            case "now":
                return await _store.PresentAsync(account.Id, ct);
            default:
                var (accountId, pos, nonce) = tokens.Read(after, "after");
                var known = accountId == account.Id ? await _store.PositionAsync(account.Id, pos, ct) : null;
                return known is { } position && position.Nonce == nonce
                    ? position
                    : throw RpcErrors.InvalidFields(
                        ErrorReason.PageToken, "The position is not one of this account.", [("after", "is no position of this account")]);
        }
    }

    private WatchContactEventsResponse Response(AccountInfo account, Position position, IEnumerable<ContactEvent> events) => new()
    {
        Events = { events },
        Position = tokens.Create(account.Id, position.Pos, position.Nonce),
    };
}
