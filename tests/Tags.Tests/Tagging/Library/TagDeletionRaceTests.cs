using Crm.Tags.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

/// <summary>
/// Tags that are added to contacts while they are deleted or merged away. A transaction that holds the account's clock keeps the first call from
/// committing until the second one waits for it.
/// </summary>
public sealed class TagDeletionRaceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task An_add_that_began_before_the_deletion_was_committed_finds_no_tag()
    {
        var (account, tagId) = await NewAsync();

        var (_, add) = await InTurnAsync(account, () => account.DeleteTagAsync(tagId), () => account.AddTagsAsync(2, tagId));

        Assert.Equal(StatusCode.NotFound, add);
        Assert.Empty(await account.TagsOfAsync(2));
        Assert.Equal([(1, true), (1, false)], await EventsAsync(account, tagId));
    }

    [Fact]
    public async Task A_deletion_takes_the_tag_off_a_contact_that_got_it_meanwhile()
    {
        var (account, tagId) = await NewAsync();
        await account.RemoveTagsAsync(1, tagId);

        var (add, deletion) = await InTurnAsync(account, () => account.AddTagsAsync(2, tagId), () => account.DeleteTagAsync(tagId));

        Assert.Equal((StatusCode.OK, StatusCode.OK), (add, deletion));
        Assert.Equal([(1, true), (1, false), (2, true), (2, false)], await EventsAsync(account, tagId));
        await account.RestoreTagAsync(tagId);
        Assert.Equal(["a"], await account.TagsOfAsync(2));
    }

    [Fact]
    public async Task An_add_of_two_tags_that_began_before_the_deletion_of_one_was_committed_adds_neither()
    {
        var (account, tagId) = await NewAsync();
        var other = await account.NewTagAsync("b");
        await account.AddTagsAsync(1, other);

        var (_, add) = await InTurnAsync(account, () => account.DeleteTagAsync(tagId), () => account.AddTagsAsync(2, tagId, other));

        Assert.Equal(StatusCode.NotFound, add);
        Assert.Empty(await account.TagsOfAsync(2));
        Assert.Equal([(1, true)], await EventsAsync(account, other));
    }

    [Fact]
    public async Task A_deletion_takes_the_tag_off_a_contact_that_got_it_with_another_one_meanwhile()
    {
        var (account, tagId) = await NewAsync();
        var other = await account.NewTagAsync("b");
        await account.AddTagsAsync(1, other);

        var (add, deletion) = await InTurnAsync(account, () => account.AddTagsAsync(2, tagId, other), () => account.DeleteTagAsync(tagId));

        Assert.Equal((StatusCode.OK, StatusCode.OK), (add, deletion));
        Assert.Equal(["b"], await account.TagsOfAsync(2));
        Assert.Equal([(1, true), (2, true), (1, false), (2, false)], await EventsAsync(account, tagId));
    }

    [Fact]
    public async Task A_removal_that_began_before_the_deletion_was_committed_finds_nobody_with_the_tag()
    {
        var (account, tagId) = await NewAsync();
        var other = await account.NewTagAsync("b");
        await account.AddTagsAsync(1, other);

        var (_, removal) = await InTurnAsync(account, () => account.DeleteTagAsync(tagId), () => account.RemoveTagsAsync(1, tagId, other));

        Assert.Equal(StatusCode.OK, removal);
        Assert.Equal([(1, true), (1, false)], await EventsAsync(account, tagId));
        Assert.Equal([(1, true), (1, false)], await EventsAsync(account, other));
    }

    [Fact]
    public async Task A_merge_takes_the_tag_off_a_contact_that_got_both_meanwhile()
    {
        var (account, into) = await NewAsync();
        var from = await account.NewTagAsync("b");
        await account.AddTagsAsync(1, from);

        var (add, merge) = await InTurnAsync(account, () => account.AddTagsAsync(2, into, from), () => MergeAsync(account, from, into));

        Assert.Equal((StatusCode.OK, StatusCode.OK), (add, merge));
        Assert.Equal(["a"], await account.TagsOfAsync(2));
        Assert.Equal([(1, true), (2, true), (1, false), (2, false)], await EventsAsync(account, from));
    }

    [Fact]
    public async Task An_add_that_began_before_the_merge_was_committed_finds_no_tag()
    {
        var (account, tagId) = await NewAsync();
        var into = await account.NewTagAsync("b");

        var (_, add) = await InTurnAsync(account, () => MergeAsync(account, tagId, into), () => account.AddTagsAsync(2, tagId));

        Assert.Equal(StatusCode.NotFound, add);
        Assert.Equal(["b"], await account.TagsOfAsync(1));
        Assert.Empty(await account.TagsOfAsync(2));
    }

    [Fact]
    public async Task A_merge_takes_along_a_contact_that_got_the_tag_meanwhile()
    {
        var (account, tagId) = await NewAsync();
        var into = await account.NewTagAsync("b");

        var (add, merge) = await InTurnAsync(account, () => account.AddTagsAsync(2, tagId), () => MergeAsync(account, tagId, into));

        Assert.Equal((StatusCode.OK, StatusCode.OK), (add, merge));
        Assert.Equal(["b"], await account.TagsOfAsync(1));
        Assert.Equal(["b"], await account.TagsOfAsync(2));
    }

    [Fact]
    public async Task Adds_among_deletions_restorations_and_merges_leave_what_the_events_say()
    {
        const int contacts = 20;
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(contacts);
        int[] tagIds = [await account.NewTagAsync("a"), await account.NewTagAsync("b"), await account.NewTagAsync("c")];
        var seed = Seed.Value;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var random = new Random(seed + writer);
            for (var step = 0; step < 60; step++)
            {
                var (tagId, contactId) = (tagIds[random.Next(3)], random.Next(1, contacts + 1));
                var outcome = await Expect.StatusAsync(() => random.Next(10) switch
                {
                    0 => account.DeleteTagAsync(tagId),
                    1 or 2 => account.RestoreTagAsync(tagId),
                    3 => MergeAsync(account, tagId, tagIds[random.Next(3)]),
                    4 => account.RemoveTagsAsync(contactId, tagId),
                    5 => account.RemoveTagsAsync(contactId, tagIds),
                    6 => account.AddTagsAsync(contactId, tagIds[random.Next(3)], tagId),
                    _ => account.AddTagsAsync(contactId, tagId),
                });

                // A tag may be deleted, or be merged into itself; nothing else may fail.
                Assert.True(outcome is StatusCode.OK or StatusCode.NotFound or StatusCode.InvalidArgument, $"{outcome}, seed {seed}");
            }
        }));

        var held = new HashSet<(int TagId, int ContactId)>();
        foreach (var e in await account.EventsAsync())
        {
            var changed = e.Kind == TagEvent.Types.Kind.Added ? held.Add((e.TagId, e.ContactId)) : held.Remove((e.TagId, e.ContactId));
            Assert.True(changed, $"event {e.EventId} changed nothing, seed {seed}");
        }

        Assert.True(held.SetEquals(await BitsAsync(account, tagIds)), $"bits and events differ, seed {seed}");
        foreach (var tagId in tagIds)
        {
            Assert.False((await account.GetTagAsync(tagId)).DeleteTime is not null && held.Any(pair => pair.TagId == tagId), $"seed {seed}");
        }
    }

    // A tag on contact 1 of 2, whose chunk can be written in the fast way.
    private async Task<(TagAccount Account, int TagId)> NewAsync()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var tagId = await account.NewTagAsync("a");
        await account.AddTagsAsync(1, tagId);
        return (account, tagId);
    }

    private static async Task<(StatusCode First, StatusCode Second)> InTurnAsync(TagAccount account, Func<Task> first, Func<Task> second)
    {
        await using var database = account.Database();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var clock = new NpgsqlCommand("SELECT FROM crm.clock WHERE account_id = $1 FOR UPDATE", connection, transaction);
        clock.Parameters.AddWithValue(await account.IdAsync());
        await clock.ExecuteNonQueryAsync();

        var one = Expect.StatusAsync(first);
        await WaitersAsync(database, connection.ProcessID, 1);
        var two = Expect.StatusAsync(second);
        await WaitersAsync(database, connection.ProcessID, 2);
        await transaction.CommitAsync();
        return (await one, await two);
    }

    // Those who wait for this session, or for one that does; other tests have theirs.
    private static async Task WaitersAsync(NpgsqlDataSource database, int session, long count)
    {
        await using var command = database.CreateCommand(
            """
            WITH RECURSIVE waiter AS (
                SELECT $1::int AS pid
                UNION
                SELECT a.pid FROM waiter w JOIN pg_stat_activity a ON a.wait_event_type = 'Lock' AND w.pid = ANY (pg_blocking_pids(a.pid))
            )
            SELECT count(*) - 1 FROM waiter
            """);
        command.Parameters.AddWithValue(session);
        await Eventually.ReadAsync(
            async () => (long)(await command.ExecuteScalarAsync())!, waiters => waiters == count, $"{count} calls that wait for each other");
    }

    private static async Task<List<(int ContactId, bool Added)>> EventsAsync(TagAccount account, int tagId) =>
        [.. (await account.EventsAsync(request => request.TagId = tagId)).Select(e => (e.ContactId, e.Kind == TagEvent.Types.Kind.Added))];

    private static async Task<HashSet<(int TagId, int ContactId)>> BitsAsync(TagAccount account, int[] tagIds)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand("""
            SELECT tag_id, bit
            FROM tags.tag_chunk
            CROSS JOIN generate_series(0, 100) AS bit
            WHERE account_id = $1 AND tag_id = ANY ($2) AND get_bit(bits, bit) = 1
            """);
        command.Parameters.AddWithValue(await account.IdAsync());
        command.Parameters.AddWithValue(tagIds);
        await using var reader = await command.ExecuteReaderAsync();
        var bits = new HashSet<(int, int)>();
        while (await reader.ReadAsync())
        {
            bits.Add((reader.GetInt32(0), reader.GetInt32(1)));
        }

        return bits;
    }

    private Task MergeAsync(TagAccount account, int from, int into) =>
        new GovernanceService.GovernanceServiceClient(shared.Apps.Channel(Service.Tags)).MergeTagsAsync(
            new MergeTagsRequest { Account = account.Name, FromTagId = from, IntoTagId = into }).ResponseAsync;
}
