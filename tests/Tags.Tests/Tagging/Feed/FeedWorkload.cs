using Crm.Common.V1;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tests.Tagging.Feed;

/// <summary>
/// Writers whose transactions begin and commit in different orders, which makes feeds of other designs lose events: short ones that go through
/// the calls, and long ones that hold their changes back for a random while before they commit.
/// </summary>
internal sealed class FeedWorkload(TagAccount account, int[] tagIds, int contacts, int seed)
{
    private const int Writers = 5;
    private const int Steps = 30;

    public Task RunAsync() => Task.WhenAll(
        Enumerable.Range(0, Writers).Select(number => ShortAsync(new Random(seed + number)))
            .Concat(Enumerable.Range(0, Writers).Select(number => LongAsync(new Random(seed + Writers + number)))));

    private async Task ShortAsync(Random random)
    {
        for (var step = 0; step < Steps; step++)
        {
            var (contactId, tagId) = (random.Next(1, contacts + 1), Any(random));
            switch (random.Next(5))
            {
                case 0:
                    await account.BulkAsync(Some(random), [tagId]);
                    break;
                case 1:
                    await account.BulkAsync(Some(random), [], tagId);
                    break;
                case 2:
                    await account.RemoveTagsAsync(contactId, tagId);
                    break;
                default:
                    await account.AddTagsAsync(contactId, tagId);
                    break;
            }
        }
    }

    private async Task LongAsync(Random random)
    {
        await using var databases = account.Apps.Database.Of("tags");
        var accountId = await account.IdAsync();
        var cause = new ChangeCause(Cause.Types.Kind.Import, "test");
        for (var step = 0; step < Steps / 5; step++)
        {
            var (tagId, some, on, pause) = (Any(random), Some(random), random.Next(3) > 0, random.Next(5, 80));
            await AccountTransaction.RunAsync(
                databases.Accounts,
                accountId,
                async transaction =>
                {
                    await Task.Delay(random.Next(0, 20));
                    var changes = await transaction.SetBitsAsync(tagId, some, on, cause, default);
                    await Task.Delay(pause);
                    return changes;
                },
                default);
        }
    }

    private int Any(Random random) => tagIds[random.Next(tagIds.Length)];

    private int[] Some(Random random) => [.. Enumerable.Range(1, contacts).Where(_ => random.Next(8) == 0)];
}
