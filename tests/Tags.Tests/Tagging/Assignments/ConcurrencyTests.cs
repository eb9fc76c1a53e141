using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Assignments;

public sealed class ConcurrencyTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Contacts = 60;

    [Fact]
    public async Task Concurrent_adders_and_removers_on_one_chunk_leave_what_the_events_say()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(Contacts);
        int[] tagIds = [await account.NewTagAsync("a"), await account.NewTagAsync("b"), await account.NewTagAsync("c")];

        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => ChangeAsync(account, tagIds, new Random(seed))));

        var events = await account.EventsAsync(pageSize: 97);
        var folded = Fold(events);
        foreach (var tagId in tagIds)
        {
            var holders = await HoldersAsync(account, tagId);
            Assert.Equal(holders, folded.Where(pair => pair.TagId == tagId).Select(pair => pair.ContactId).Order());
            Assert.Equal(holders.Count, (await account.GetTagAsync(tagId)).ContactCount);
        }
    }

    [Fact]
    public async Task Answers_tell_exactly_the_changes_that_were_made()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var tagId = await account.NewTagAsync("Hot");

        var adds = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => (await account.AddTagsAsync(1, tagId)).AddedTagIds.Count));

        Assert.Equal(1, adds.Sum());
    }

    // Single changes through the group committer, bulk changes beside it.
    private static async Task ChangeAsync(TagAccount account, int[] tagIds, Random random)
    {
        for (var step = 0; step < 30; step++)
        {
            var tagId = tagIds[random.Next(tagIds.Length)];
            var contactId = random.Next(1, Contacts + 1);
            switch (random.Next(10))
            {
                case 0:
                    await account.BulkAsync(Enumerable.Range(contactId, Math.Min(20, Contacts - contactId + 1)), [tagId]);
                    break;
                case 1:
                    await account.BulkAsync(Enumerable.Range(1, contactId), [], tagId);
                    break;
                case < 6:
                    await account.AddTagsAsync(contactId, tagId);
                    break;
                default:
                    await account.RemoveTagsAsync(contactId, tagId);
                    break;
            }
        }
    }

    // Also checks that events of one contact and tag take turns: no event without a change.
    private static HashSet<(int TagId, int ContactId)> Fold(List<TagEvent> events)
    {
        var pairs = new HashSet<(int, int)>();
        foreach (var e in events)
        {
            var changed = e.Kind == TagEvent.Types.Kind.Added ? pairs.Add((e.TagId, e.ContactId)) : pairs.Remove((e.TagId, e.ContactId));
            Assert.True(changed, $"event {e.EventId} changed nothing");
        }

        return pairs;
    }

    private static async Task<List<int>> HoldersAsync(TagAccount account, int tagId)
    {
        var response = await account.Tags.BatchGetContactTagsAsync(
            new BatchGetContactTagsRequest { Account = account.Name, ContactIds = { Enumerable.Range(1, Contacts) } });
        return [.. response.Contacts.Where(contact => contact.Tags.Any(tag => tag.TagId == tagId)).Select(contact => contact.ContactId)];
    }
}
