using System.Globalization;
using Crm.Common.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Feed;

public class WatchTagEventsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Watchers_see_every_event_once_in_order_among_long_and_short_transactions()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(200);
        int[] tagIds = [await account.NewTagAsync("a"), await account.NewTagAsync("b")];
        var end = await account.NewTagAsync("end");
        var watchers = new[] { WatchAsync(account, end), WatchAsync(account, end) };

        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(seed => ShortAsync(account, tagIds, new Random(seed)))
                .Concat(Enumerable.Range(0, 3).Select(number => LongAsync(account, tagIds, number))));
        await account.AddAsync(1, end);

        var committed = await account.EventsAsync();
        foreach (var seen in await Task.WhenAll(watchers))
        {
            Assert.Equal(Sorted(committed), seen.Select(e => e.EventId));
        }
    }

    [Fact]
    public async Task A_watch_goes_on_behind_any_position_also_inside_a_bulk_change()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(5_000);
        var tagId = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 5_000), [tagId]);
        await account.RemoveAsync(9, tagId);

        var seen = new List<TagEvent>();
        var position = "";
        while (seen.Count < 5_001)
        {
            var batch = await FirstBatchAsync(account, position);
            Assert.InRange(batch.Events.Count, 1, 1_000);
            seen.AddRange(batch.Events);
            position = batch.Position;
        }

        Assert.Equal(Sorted(await account.EventsAsync()), seen.Select(e => e.EventId));
    }

    [Fact]
    public async Task A_packed_watch_sees_the_same_in_few_events_and_goes_on_inside_a_bulk_change()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(5_000);
        var tagId = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 5_000), [tagId]);
        await account.RemoveAsync(9, tagId);
        var inside = (await FirstBatchAsync(account, "")).Position;

        var all = await PackedAsync(account, "", 5_001);
        var rest = await PackedAsync(account, inside, 4_001);

        Assert.True(all.Count < 5);
        Assert.Equal(Sorted(await account.EventsAsync()), all.SelectMany(Ids));
        Assert.Equal(Sorted(await account.EventsAsync()).Skip(1_000), rest.SelectMany(Ids));
    }

    [Fact]
    public async Task A_watch_from_now_sees_only_what_comes()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddAsync(1, a);
        using var call = account.Tags.WatchTagEvents(new WatchTagEventsRequest { Account = account.Name, After = "now" });
        Assert.True(await call.ResponseStream.MoveNext(Patience()));
        Assert.Empty(call.ResponseStream.Current.Events);

        await account.AddAsync(2, b);

        Assert.True(await call.ResponseStream.MoveNext(Patience()));
        Assert.Equal([(b, 2)], call.ResponseStream.Current.Events.Select(e => (e.TagId, e.ContactId)));
    }

    [Fact]
    public async Task A_watch_of_some_tags_sees_theirs_only()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddAsync(1, a);
        await account.AddAsync(1, b);

        Assert.Equal([b], (await FirstBatchAsync(account, "", b)).Events.Select(e => e.TagId));
        Assert.Equal([0, 0], (await FirstBatchAsync(account, "", 0)).Events.Select(e => e.TagId));
    }

    [Fact]
    public async Task A_position_of_another_account_or_history_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        await account.AddAsync(1, await account.NewTagAsync("a"));
        var position = (await FirstBatchAsync(account, "")).Position;
        var other = await TagAccount.NewAsync(shared.Apps);
        var refused = (StatusCode.InvalidArgument, "PAGE_TOKEN", "after");

        Assert.Equal(refused, await TagAccount.FailureAsync(() => FirstBatchAsync(other, position)));
        Assert.Equal(refused, await TagAccount.FailureAsync(() => FirstBatchAsync(account, position + "x")));

        await RewriteHistoryAsync(account);
        Assert.Equal(refused, await TagAccount.FailureAsync(() => FirstBatchAsync(account, position)));
    }

    private static async Task ShortAsync(TagAccount account, int[] tagIds, Random random)
    {
        for (var step = 0; step < 40; step++)
        {
            var (contactId, tagId) = (random.Next(1, 201), tagIds[random.Next(tagIds.Length)]);
            await (random.Next(2) == 0 ? (Task)account.AddAsync(contactId, tagId) : account.RemoveAsync(contactId, tagId));
        }
    }

    // Holds its transaction open after its changes, while others commit: what makes feeds of other designs lose events.
    private static async Task LongAsync(TagAccount account, int[] tagIds, int number)
    {
        await using var database = account.Database();
        var cause = new ChangeCause(Cause.Types.Kind.Import, "test");
        var contacts = Enumerable.Range(1 + (number * 50), 50).ToArray();
        for (var step = 0; step < 4; step++)
        {
            await AccountTransaction.RunAsync(
                database,
                await account.IdAsync(),
                async transaction =>
                {
                    var changes = await transaction.SetBitsAsync(tagIds[step % 2], contacts, on: step < 2, cause, default);
                    await Task.Delay(60);
                    return changes;
                },
                default);
        }
    }

    private static async Task<List<TagEvent>> WatchAsync(TagAccount account, int end)
    {
        using var call = account.Tags.WatchTagEvents(new WatchTagEventsRequest { Account = account.Name });
        var seen = new List<TagEvent>();
        while (seen.Count == 0 || seen[^1].TagId != end)
        {
            Assert.True(await call.ResponseStream.MoveNext(Patience()));
            seen.AddRange(call.ResponseStream.Current.Events);
        }

        return seen;
    }

    private static async Task<WatchTagEventsResponse> FirstBatchAsync(TagAccount account, string after, params int[] tagIds)
    {
        using var call = account.Tags.WatchTagEvents(new WatchTagEventsRequest { Account = account.Name, After = after, TagIds = { tagIds } });
        Assert.True(await call.ResponseStream.MoveNext(Patience()));
        return call.ResponseStream.Current;
    }

    private static async Task<List<TagEvent>> PackedAsync(TagAccount account, string after, int contacts)
    {
        using var call = account.Tags.WatchTagEvents(new WatchTagEventsRequest { Account = account.Name, After = after, Pack = true });
        var seen = new List<TagEvent>();
        while (seen.SelectMany(Ids).Count() < contacts)
        {
            Assert.True(await call.ResponseStream.MoveNext(Patience()));
            seen.AddRange(call.ResponseStream.Current.Events);
        }

        return seen;
    }

    private static IEnumerable<string> Ids(TagEvent e) => e.ContactIds.Count == 0
        ? [e.EventId]
        : e.ContactIds.Select(contactId => $"{e.EventId}.{contactId.ToString(CultureInfo.InvariantCulture)}");

    // In order of position, place and contact: the order that the feed promises.
    private static IEnumerable<string> Sorted(List<TagEvent> events) => events
        .OrderBy(e => long.Parse(e.EventId.Split('.')[0], CultureInfo.InvariantCulture))
        .ThenBy(e => int.Parse(e.EventId.Split('.')[1], CultureInfo.InvariantCulture))
        .ThenBy(e => e.ContactId)
        .Select(e => e.EventId);

    private static async Task RewriteHistoryAsync(TagAccount account)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand(
            "UPDATE crm.commit SET nonce = gen_random_uuid() WHERE account_id = (SELECT account_id FROM crm.account WHERE name = $1)");
        command.Parameters.AddWithValue(account.Name);
        await command.ExecuteNonQueryAsync();
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
}
