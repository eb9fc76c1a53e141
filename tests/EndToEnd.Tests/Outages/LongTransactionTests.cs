using Npgsql;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>Fault 15: somebody leaves a transaction open that has changed something, in the same server.</summary>
public sealed class LongTransactionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault15_answers_and_feeds_are_as_fresh_as_without_it(bool inAnotherDatabase)
    {
        var account = await shared.Apps.NewAccountAsync();
        var contact = (await shared.Apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() })).Contact.ContactId;
        await using var another = inAnotherDatabase ? await (await PostgresFixture.SharedAsync()).CreateEmptyDatabaseAsync() : null;
        await using var connection = new NpgsqlConnection($"{(another ?? shared.Apps.Database).OwnerConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var open = await connection.BeginTransactionAsync();
        await using (var change = new NpgsqlCommand("CREATE TABLE left_open (x int)", connection, open))
        {
            await change.ExecuteNonQueryAsync();
        }

        for (var i = 0; i < 3; i++)
        {
            var added = await shared.Apps.Tags.AddTagsAsync(new() { Account = account, ContactId = contact, TagNames = { "Hot" }, CreateMissing = true });
            Assert.Equal(1, await CountAsync(account, added.ConsistencyToken));
            var removed = await shared.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = contact, TagNames = { "Hot" } });
            Assert.Equal(0, await CountAsync(account, removed.ConsistencyToken));
        }

        Assert.Equal(6, await EventsAsync(account));
    }

    private async Task<int> CountAsync(string account, string token) => (await shared.Apps.Segments.CountContactsAsync(
        new() { Account = account, Source = new() { Text = TagLoad.Filter }, AtLeast = token })).Count;

    private async Task<int> EventsAsync(string account)
    {
        using var watch = shared.Apps.Tags.WatchTagEvents(new() { Account = account, UntilPresent = true });
        var events = 0;
        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            events += watch.ResponseStream.Current.Events.Count;
        }

        return events;
    }
}
