using Crm.Tags.V1;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// Reads the tags of contacts: from chunks kept in memory, brought up to the present by the change log. So every read is exact, at the price
/// of one short round trip, however large the library is. One loop per account answers all waiting calls with one such round trip.
/// </summary>
internal sealed class ContactTagsReader(GenericPlanPool database, ContactTagsCache cache, TagCatalog catalog) : IAsyncDisposable
{
    private readonly AccountCoalescers<PendingRead, TagsRead> _accounts =
        new(accountId => new(new AccountReads(database.Connections, cache, accountId).AnswerAsync) { Span = ("tags.read", accountId) });

    /// <summary>Reads the tags of contacts, in the order of the request; an unknown contact has none.</summary>
    public async Task<IEnumerable<ContactTags>> ReadAsync(int accountId, IReadOnlyList<int> contactIds, CancellationToken ct)
    {
        var (tagIds, catalogNonce) = await _accounts.RunAsync(accountId, new PendingRead(contactIds), ct);
        var tags = await catalog.GetAsync(accountId, catalogNonce, ct);
        return contactIds.Zip(tagIds, (contactId, ids) => new ContactTags
        {
            ContactId = contactId,
            Tags = { ids.Where(tags.ContainsKey).Select(tagId => tags[tagId]).OrderBy(tag => tag.Name, StringComparer.Ordinal) },
        });
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _accounts.DisposeAsync();

    private sealed class AccountReads(AccountDatabase database, ContactTagsCache cache, int accountId)
    {
        public async Task AnswerAsync(IReadOnlyList<PendingRead> reads)
        {
            var numbers = reads.SelectMany(read => read.ContactIds).Where(contactId => contactId > 0)
                .Select(contactId => contactId / ChunkLayout.Bits).Distinct().ToArray();
            var (chunks, catalogNonce) = await CurrentAsync(numbers) ?? await CurrentAsync(numbers)
                ?? throw new TimeoutException("The tags change faster than they can be read.");
            TagsRead[] answers = [.. reads.Select(read => new TagsRead([.. read.ContactIds.Select(TagsOf)], catalogNonce))];

            // No longer needed: the next reader may change them.
            foreach (var (number, chunk) in chunks)
            {
                cache.Return(accountId, number, chunk);
            }

            foreach (var (read, answer) in reads.Zip(answers))
            {
                read.Complete(answer);
            }

            int[] TagsOf(int contactId) => contactId > 0 ? chunks[contactId / ChunkLayout.Bits].TagsOf(contactId) : [];
        }

        // Null if a cached chunk cannot be used. It is not put back, and the next attempt loads it.
        private async Task<(Dictionary<int, ContactTagsChunk> Chunks, Guid CatalogNonce)?> CurrentAsync(int[] numbers)
        {
            // Nobody's cancellation stops it: it is the work of all who wait.
            var ct = CancellationToken.None;
            var chunks = new Dictionary<int, ContactTagsChunk>();
            foreach (var number in numbers)
            {
                chunks[number] = await cache.TakeAsync(accountId, number, ct);
            }

            var (done, catalogNonce) = await ContactTagsLog.CatchUpAsync(database, accountId, chunks, ct);
            return done ? (chunks, catalogNonce) : null;
        }
    }

    private sealed class PendingRead(IReadOnlyList<int> contactIds) : PendingCall<TagsRead>
    {
        public IReadOnlyList<int> ContactIds { get; } = contactIds;
    }

    private sealed record TagsRead(int[][] TagIds, Guid CatalogNonce);
}
