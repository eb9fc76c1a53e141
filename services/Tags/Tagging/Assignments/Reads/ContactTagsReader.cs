using System.Collections.Concurrent;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>
/// Reads the tags of contacts: from chunks kept in memory, brought up to the present by the change log. So every read is exact, at the price
/// of one short round trip, however large the library is. One loop per account serves all who wait with one such round trip.
/// </summary>
internal sealed class ContactTagsReader(GenericPlanPool database, ContactTagsCache cache, TagCatalog catalog)
{
    private readonly ConcurrentDictionary<int, Queue> _queues = new();

    /// <summary>Reads the tags of contacts, in the order of the request; an unknown contact has none.</summary>
    public async Task<IEnumerable<ContactTags>> ReadAsync(int accountId, IReadOnlyList<int> contactIds, CancellationToken ct)
    {
        var queue = _queues.GetOrAdd(accountId, id => new Queue(database.Connections, cache, id));
        var (tagIds, catalogNonce) = await queue.ReadAsync(contactIds, ct);
        var tags = await catalog.GetAsync(accountId, catalogNonce, ct);
        return contactIds.Zip(tagIds, (contactId, ids) => new ContactTags
        {
            ContactId = contactId,
            Tags = { ids.Where(tags.ContainsKey).Select(tagId => tags[tagId]).OrderBy(tag => tag.Name, StringComparer.Ordinal) },
        });
    }

    private sealed class Queue(NpgsqlDataSource database, ContactTagsCache cache, int accountId)
    {
        // Reloading a chunk is faster than catching up over this many commits.
        private const int ManyCommits = 2_000;
        private readonly Lock _lock = new();
        private List<Waiter> _waiting = [];
        private bool _running;
        private long _lastPos;

        // A caller that finds no leader serves the waiting group, including itself, and leaves later arrivals to a loop.
        public async Task<(int[][] TagIds, Guid CatalogNonce)> ReadAsync(IReadOnlyList<int> contactIds, CancellationToken ct)
        {
            var waiter = new Waiter(contactIds);
            bool leads;
            lock (_lock)
            {
                _waiting.Add(waiter);
                leads = !_running;
                _running = true;
            }

            if (leads)
            {
                await ServeAsync(Take());
                _ = DrainAsync();
            }

            return await waiter.Result.Task.WaitAsync(ct);
        }

        private async Task DrainAsync()
        {
            while (Take() is { Count: > 0 } group)
            {
                await ServeAsync(group);
            }
        }

        private List<Waiter> Take()
        {
            lock (_lock)
            {
                var group = _waiting;
                _waiting = [];
                _running = group.Count > 0;
                return group;
            }
        }

        private async Task ServeAsync(List<Waiter> group)
        {
            try
            {
                await AnswerAsync(group);
            }
            catch (Exception e)
            {
                // The waiting callers must hear of any failure.
                group.ForEach(waiter => waiter.Result.TrySetException(e));
            }
        }

        private async Task AnswerAsync(List<Waiter> group)
        {
            var numbers = group.SelectMany(waiter => waiter.ContactIds).Where(contactId => contactId > 0)
                .Select(contactId => contactId / ChunkBits.Size).Distinct().ToArray();
            var (chunks, catalogNonce) = await CurrentAsync(numbers) ?? await CurrentAsync(numbers)
                ?? throw new TimeoutException("The tags change faster than they can be read.");
            foreach (var waiter in group)
            {
                waiter.Result.TrySetResult(([.. waiter.ContactIds.Select(TagsOf)], catalogNonce));
            }

            int[] TagsOf(int contactId) => contactId > 0 ? chunks[contactId / ChunkBits.Size].TagsOf(contactId) : [];
        }

        // Null if the cached chunk cannot be used; it is then dropped, and the next attempt loads it.
        private async Task<(Dictionary<int, ContactTagsChunk> Chunks, Guid CatalogNonce)?> CurrentAsync(int[] numbers)
        {
            // Nobody's cancellation stops it: it is the work of all who wait.
            var ct = CancellationToken.None;
            var chunks = new Dictionary<int, ContactTagsChunk>();
            foreach (var number in numbers)
            {
                chunks[number] = await cache.GetAsync(accountId, number, _lastPos - ManyCommits, ct);
            }

            var (done, position, catalogNonce) = await ContactTagsLog.CatchUpAsync(database, accountId, chunks, ct);
            _lastPos = position.Pos;
            if (done)
            {
                return (chunks, catalogNonce);
            }

            cache.Forget(accountId, numbers);
            return null;
        }
    }

    private sealed record Waiter(IReadOnlyList<int> ContactIds)
    {
        public TaskCompletionSource<(int[][] TagIds, Guid CatalogNonce)> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
