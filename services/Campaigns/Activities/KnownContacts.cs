using System.Collections;
using System.Collections.Concurrent;
using Crm.Contacts.V1;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Remembers which contact numbers exist, so that nothing is recorded for unknown numbers. A number never ceases to exist, because a deleted
/// contact keeps it, so the memory never goes stale. Calls that ask at the same time share one call to the contact service.
/// </summary>
internal sealed class KnownContacts(ContactService.ContactServiceClient contacts) : IAsyncDisposable
{
    private const int LookupSize = 1_000;
    private readonly Dictionary<int, BitArray> _known = [];
    private readonly ConcurrentDictionary<int, Coalescer<Lookup, HashSet<int>>> _lookups = new();
    private readonly Lock _lock = new();

    /// <summary>Throws INVALID_ARGUMENT if a contact does not exist, naming the places that ask for it.</summary>
    public async Task RequireAsync(AccountInfo account, IReadOnlyList<int> contactIds, Func<int, string> path, CancellationToken ct)
    {
        var missing = Unknown(account.Id, contactIds).ToHashSet();
        foreach (var chunk in missing.Chunk(LookupSize))
        {
            missing.ExceptWith(await FindAsync(account, chunk, ct));
        }

        var checks = new FieldChecks();
        for (var i = 0; missing.Count > 0 && i < contactIds.Count; i++)
        {
            checks.Require(!missing.Contains(contactIds[i]), path(i), $"there is no contact {contactIds[i]}");
        }

        checks.ThrowIfAny();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lookup in _lookups.Values)
        {
            await lookup.DisposeAsync();
        }
    }

    private Task<HashSet<int>> FindAsync(AccountInfo account, int[] contactIds, CancellationToken ct) => _lookups
        .GetOrAdd(account.Id, _ => new(lookups => AnswerAsync(account, lookups, CancellationToken.None), LookupSize))
        .RunAsync(new Lookup(contactIds), ct);

    private async Task AnswerAsync(AccountInfo account, IReadOnlyList<Lookup> lookups, CancellationToken ct)
    {
        var all = new HashSet<int>();
        foreach (var chunk in lookups.SelectMany(lookup => lookup.ContactIds).Distinct().Chunk(LookupSize))
        {
            var request = new BatchGetContactsRequest { Account = account.Name, ContactIds = { chunk } };
            var found = await contacts.BatchGetContactsAsync(request, cancellationToken: ct);
            var ids = found.Contacts.Select(contact => contact.ContactId).ToList();
            Remember(account.Id, ids);
            all.UnionWith(ids);
        }

        foreach (var lookup in lookups)
        {
            lookup.Complete(all);
        }
    }

    private List<int> Unknown(int accountId, IReadOnlyList<int> contactIds)
    {
        lock (_lock)
        {
            var known = _known.GetValueOrDefault(accountId);
            return [.. contactIds.Where(id => known is null || id >= known.Length || !known[id])];
        }
    }

    private void Remember(int accountId, List<int> contactIds)
    {
        if (contactIds.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (!_known.TryGetValue(accountId, out var known))
            {
                _known[accountId] = known = new BitArray(LookupSize);
            }

            known.Length = Math.Max(known.Length, (int)Math.Min(contactIds.Max() * 5L / 4 + 1, int.MaxValue));
            contactIds.ForEach(id => known[id] = true);
        }
    }

    private sealed class Lookup(int[] contactIds) : PendingCall<HashSet<int>>
    {
        public int[] ContactIds { get; } = contactIds;
    }
}
