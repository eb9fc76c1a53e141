using System.Runtime.CompilerServices;
using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Reads the feeds of the other services.</summary>
internal sealed class Feeds(
    TagService.TagServiceClient tags,
    ContactService.ContactServiceClient contacts,
    ActivityService.ActivityServiceClient activities,
    SealedTokens tokens)
{
    private const string Now = "now";

    // Three heartbeats: a connection that is silent for longer is dead.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(45);

    /// <summary>How positions begin that the current key has made: the services have the same keys.</summary>
    public string Mark => tokens.Mark;

    /// <summary>Reads the clocks of accounts: all of them at first and from time to time, and each one that moves.</summary>
    public IAsyncEnumerable<IReadOnlyList<AccountClock>> ClocksAsync(Clock clock, CancellationToken ct) => clock switch
    {
        Clock.Contacts => ReadAsync(contacts.WatchContactClocks(new(), cancellationToken: ct), IReadOnlyList<AccountClock> (response) => response.Clocks, ct),
        Clock.Activities => ReadAsync(activities.WatchActivityClocks(new(), cancellationToken: ct), IReadOnlyList<AccountClock> (response) => response.Clocks, ct),
        _ => throw new ArgumentOutOfRangeException(nameof(clock)),
    };

    /// <summary>Reads a feed from a position to its present end.</summary>
    public IAsyncEnumerable<FeedBatch> ReadAsync(Feed feed, string account, string after, CancellationToken ct) => feed switch
    {
        Feed.Tags => ReadAsync(
            tags.WatchTagEvents(new() { Account = account, After = after, Pack = true, UntilPresent = true }, cancellationToken: ct),
            response => new FeedBatch([.. response.Events.Select(FeedEvent.Of)], response.Position, response.ClockPosition),
            ct),
        Feed.Contacts => ReadAsync(
            contacts.WatchContactEvents(new() { Account = account, After = after, UntilPresent = true }, cancellationToken: ct),
            response => new FeedBatch([.. response.Events.Select(FeedEvent.Of)], response.Position, response.ClockPosition),
            ct),
        Feed.Activities => ReadAsync(
            activities.WatchActivities(new() { Account = account, After = after, UntilPresent = true }, cancellationToken: ct),
            response => new FeedBatch([.. response.Activities.Select(FeedEvent.Of)], response.Position, response.ClockPosition),
            ct),
        _ => throw new ArgumentOutOfRangeException(nameof(feed)),
    };

    /// <summary>Gets the present end of every feed.</summary>
    public async Task<IReadOnlyDictionary<Feed, string>> PresentAsync(string account, CancellationToken ct)
    {
        var feeds = Enum.GetValues<Feed>();
        var positions = await Task.WhenAll(feeds.Select(feed => PresentAsync(feed, account, ct)));
        return feeds.Zip(positions).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Gets the names of tags, each named once.</summary>
    public async Task<IReadOnlyDictionary<int, string>> TagNamesAsync(string account, IEnumerable<int> tagIds, CancellationToken ct)
    {
        var found = await Task.WhenAll(tagIds.Select(async id => await tags.GetTagAsync(new() { Account = account, TagId = id }, cancellationToken: ct)));
        return found.ToDictionary(response => response.Tag.TagId, response => response.Tag.Name);
    }

    private async Task<string> PresentAsync(Feed feed, string account, CancellationToken ct)
    {
        // The first response comes at once and has the position.
        await using var batches = ReadAsync(feed, account, Now, ct).GetAsyncEnumerator(ct);
        await batches.MoveNextAsync();
        return batches.Current.Position;
    }

    private static async IAsyncEnumerable<TPart> ReadAsync<T, TPart>(
        AsyncServerStreamingCall<T> call, Func<T, TPart> read, [EnumeratorCancellation] CancellationToken ct)
    {
        using (call)
        {
            while (await MoveNextAsync(call.ResponseStream, ct))
            {
                yield return read(call.ResponseStream.Current);
            }
        }
    }

    // A stream that has lasted as long as a stream may ends as if the service had closed it: the reader goes on from its position.
    private static async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> responses, CancellationToken ct)
    {
        try
        {
            return await responses.MoveNext(ct).WaitAsync(s_silence, ct);
        }
        catch (RpcException e) when (e.IsFor(ErrorReason.StreamExpired))
        {
            return false;
        }
    }
}
