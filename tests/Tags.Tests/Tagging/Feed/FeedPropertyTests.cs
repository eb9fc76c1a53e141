using System.Globalization;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.Bitmaps;
using TagSegments.Tags.Changes;
using TagSegments.Testing;
using Xunit.Abstractions;

namespace TagSegments.Tags.Tests.Tagging.Feed;

/// <summary>The promises of the feed, among concurrent long and short transactions. The environment variable TEST_SEED chooses another run.</summary>
public sealed class FeedPropertyTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Contacts = 400;
    private readonly int _seed = Seed.Value;
    private TestApps _apps = null!;
    private TagAccount _account = null!;
    private int[] _tagIds = [];

    public async Task InitializeAsync()
    {
        output.WriteLine($"seed {_seed}");
        _apps = await TestApps.StartAsync(new TestAppsOptions { Services = [Service.Tags] });
        _account = await TagAccount.NewAsync(_apps);
        await _account.NewContactsAsync(Contacts);
        _tagIds = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => _account.NewTagAsync($"Tag {number}")));
    }

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Consumers_that_break_off_and_resume_lose_no_event_see_none_twice_and_each_in_order()
    {
        var end = await _account.NewTagAsync("end");
        var some = _tagIds[..2];
        var watches = Enumerable.Range(0, 4).Select(number => WatchAsync(new() { Pack = number == 3 }, end, new Random(_seed + 100 + number)))
            .Append(WatchAsync(new() { TagIds = { some.Append(end) } }, end, new Random(_seed + 200)))
            .ToList();

        await new FeedWorkload(_account, _tagIds, Contacts, _seed).RunAsync();
        await _account.AddTagsAsync(1, end);
        var seen = await Task.WhenAll(watches);

        var committed = await CommittedAsync();
        output.WriteLine($"{committed.Count} events");
        foreach (var consumer in seen[..^1])
        {
            Assert.Empty(FeedChecker.Violations([.. committed.Where(e => e.TagId != AccountTransaction.LivingTag)], [.. consumer.Where(e => e.TagId != AccountTransaction.LivingTag)]));
        }

        Assert.Empty(FeedChecker.Violations([.. committed.Where(e => some.Contains(e.TagId) || e.TagId == end)], seen[^1]));
    }

    [Fact]
    public async Task The_checker_catches_a_feed_whose_cursor_is_a_plain_sequence_number()
    {
        await ExecuteAsync("""
            CREATE TABLE tags.outbox (id bigserial PRIMARY KEY, tag_id int NOT NULL, chunk int NOT NULL, before bit(16384) NOT NULL, after bit(16384) NOT NULL);
            GRANT ALL ON tags.outbox, tags.outbox_id_seq TO tagsegments_tags;
            CREATE FUNCTION tags.note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO tags.outbox (tag_id, chunk, before, after) VALUES (NEW.tag_id, NEW.chunk, OLD.bits, NEW.bits);
                RETURN NULL;
            END $$;
            CREATE TRIGGER note AFTER UPDATE ON tags.tag_chunk FOR EACH ROW WHEN (NEW.tag_id > 0) EXECUTE FUNCTION tags.note();
            """);
        using var done = new CancellationTokenSource();
        var watch = PollOutboxAsync(done.Token);

        await new FeedWorkload(_account, _tagIds, Contacts, _seed).RunAsync();
        await done.CancelAsync();

        var violations = FeedChecker.Violations(await OutboxAsync(0), await watch);
        output.WriteLine($"{violations.Count} violations");
        Assert.Contains(violations, violation => violation.StartsWith("lost", StringComparison.Ordinal));
    }

    [Fact]
    public void The_checker_catches_what_is_lost_doubled_or_out_of_order()
    {
        FeedEvent[] events = [new(1, 0, 5, 1, true), new(2, 0, 5, 1, false), new(3, 0, 5, 1, true)];

        Assert.Empty(FeedChecker.Violations(events, events));
        Assert.NotEmpty(FeedChecker.Violations(events, events[..2]));
        Assert.NotEmpty(FeedChecker.Violations(events, [.. events, events[2]]));
        Assert.NotEmpty(FeedChecker.Violations(events, [events[0], events[2], events[1]]));
        Assert.NotEmpty(FeedChecker.Violations(events[..2], events));
    }

    // Takes a few batches, stops, and continues after the last position that it has handled.
    private async Task<List<FeedEvent>> WatchAsync(WatchTagEventsRequest request, int end, Random random)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        request.Account = _account.Name;
        var seen = new List<FeedEvent>();
        while (!seen.Exists(e => e.TagId == end))
        {
            using var call = _account.Tags.WatchTagEvents(request, cancellationToken: patience.Token);
            for (var batches = random.Next(1, 6); batches > 0 && !seen.Exists(e => e.TagId == end); batches--)
            {
                Assert.True(await call.ResponseStream.MoveNext(patience.Token));
                seen.AddRange(call.ResponseStream.Current.Events.SelectMany(Unpack));
                request.After = call.ResponseStream.Current.Position;
            }
        }

        return seen;
    }

    private static IEnumerable<FeedEvent> Unpack(TagEvent e)
    {
        var place = e.EventId.Split('.');
        var (pos, seq) = (long.Parse(place[0], CultureInfo.InvariantCulture), int.Parse(place[1], CultureInfo.InvariantCulture));
        return (e.ContactIds.Count > 0 ? e.ContactIds : (IEnumerable<int>)[e.ContactId])
            .Select(contactId => new FeedEvent(pos, seq, contactId, e.TagId, e.Kind == TagEvent.Types.Kind.Added));
    }

    private async Task<List<FeedEvent>> PollOutboxAsync(CancellationToken done)
    {
        var (seen, after) = (new List<FeedEvent>(), 0L);
        for (var last = false; !last;)
        {
            last = done.IsCancellationRequested;
            var events = await OutboxAsync(after);
            seen.AddRange(events);
            after = events.Count > 0 ? events[^1].Pos : after;
        }

        return seen;
    }

    private Task<List<FeedEvent>> OutboxAsync(long after) => ReadAsync(
        "SELECT id, 0, tag_id, NULL::int, chunk, before # after, before FROM tags.outbox WHERE id > $1 ORDER BY id", after);

    private Task<List<FeedEvent>> CommittedAsync() => ReadAsync(
        """
        SELECT pos, seq, tag_id, contact_id, chunk, bits, CASE op WHEN 1 THEN repeat('0', 16384)::bit(16384) ELSE ~repeat('0', 16384)::bit(16384) END
        FROM tags.tag_change
        WHERE pos > $1
        ORDER BY pos, seq
        """,
        0L);

    // A bit that was not set before was added.
    private async Task<List<FeedEvent>> ReadAsync(string sql, long after)
    {
        await using var database = NpgsqlDataSource.Create(_apps.Database.OwnerConnectionString);
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(after);
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<FeedEvent>();
        while (await reader.ReadAsync())
        {
            var (pos, seq, tagId, before) = (reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.ReadBits(6));
            IEnumerable<int> contacts = reader.IsDBNull(3) ? ChunkBits.Contacts(reader.GetInt32(4), reader.ReadBits(5)) : [reader.GetInt32(3)];
            events.AddRange(contacts.Select(contactId => new FeedEvent(pos, seq, contactId, tagId, !ChunkBits.Get(before, contactId % ChunkLayout.Bits))));
        }

        return events;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(_apps.Database.OwnerConnectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
