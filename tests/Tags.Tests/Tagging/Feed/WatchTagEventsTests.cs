using System.Globalization;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Feed;

public sealed class WatchTagEventsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task A_watch_goes_on_behind_any_position_also_inside_a_bulk_change()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(5_000);
        var tagId = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 5_000), [tagId]);
        await account.RemoveTagsAsync(9, tagId);

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
        await account.RemoveTagsAsync(9, tagId);
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
        await account.AddTagsAsync(1, a);
        using var call = account.Tags.WatchTagEvents(new WatchTagEventsRequest { Account = account.Name, After = "now" });
        Assert.True(await call.ResponseStream.MoveNext(Patience()));
        Assert.Empty(call.ResponseStream.Current.Events);

        await account.AddTagsAsync(2, b);

        Assert.True(await call.ResponseStream.MoveNext(Patience()));
        Assert.Equal([(b, 2)], call.ResponseStream.Current.Events.Select(e => (e.TagId, e.ContactId)));
    }

    [Fact]
    public async Task A_watch_of_some_tags_sees_theirs_only()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(1, a);
        await account.AddTagsAsync(1, b);

        Assert.Equal([b], (await FirstBatchAsync(account, "", b)).Events.Select(e => e.TagId));
        Assert.Equal([0, 0], (await FirstBatchAsync(account, "", 0)).Events.Select(e => e.TagId));
    }

    [Fact]
    public async Task A_position_of_another_account_or_history_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        await account.AddTagsAsync(1, await account.NewTagAsync("a"));
        var position = (await FirstBatchAsync(account, "")).Position;
        var other = await TagAccount.NewAsync(shared.Apps);

        await RefusedAsync(() => FirstBatchAsync(other, position));
        await RefusedAsync(() => FirstBatchAsync(account, position + "x"));

        await RewriteHistoryAsync(account);
        await RefusedAsync(() => FirstBatchAsync(account, position));
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

    private static Task RefusedAsync(Func<Task> call) =>
        Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, call, "after");

    private static CancellationToken Patience() => new CancellationTokenSource(Eventually.Patience).Token;
}
