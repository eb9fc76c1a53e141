using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Bitmaps;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Remembers which contact numbers exist, so that nothing is recorded for unknown numbers. A number never ceases to exist, because a deleted
/// contact keeps it, so the memory never goes stale. Calls that ask at the same time share one call to the contact service.
/// </summary>
internal sealed class KnownContacts : IAsyncDisposable
{
    private const int LookupSize = 1_000;
    private readonly ContactService.ContactServiceClient _contacts;
    private readonly MergedContacts _merged;
    private readonly AccountCache<int, Bitmap> _known;
    private readonly AccountCoalescers<Lookup, HashSet<int>> _lookups;

    public KnownContacts(ContactService.ContactServiceClient contacts, MergedContacts merged, MemoryBudget memory)
    {
        (_contacts, _merged) = (contacts, merged);
        _known = new(memory, "campaigns.contacts", (_, known) => known.Bytes);
        _lookups = new(accountId => new(AnswerAsync, LookupSize) { Span = ("campaigns.known", accountId) });
    }

    /// <summary>Finds for numbers those of the contacts that their contacts are now: the same, unless they were merged. Numbers of no contact are left out.</summary>
    public async Task<IReadOnlyDictionary<int, int>> PresentAsync(AccountInfo account, IEnumerable<int> contactIds, CancellationToken ct)
    {
        int[] asked = [.. contactIds.Distinct()];
        var missing = Unknown(account.Id, asked).ToHashSet();
        foreach (var chunk in missing.Chunk(LookupSize))
        {
            missing.ExceptWith(await FindAsync(account, chunk, ct));
        }

        int[] known = [.. asked.Where(contactId => !missing.Contains(contactId))];
        var merged = known.Length == 0 ? new Dictionary<int, int>() : await _merged.FindAsync(account.Id, account.Name, known, ct);
        return known.ToDictionary(contactId => contactId, contactId => merged.GetValueOrDefault(contactId, contactId));
    }

    /// <summary>Finds the numbers of contacts by external id, address or phone number; 0 if there is none. What a key stands for can change, so nothing is remembered.</summary>
    public async Task<IReadOnlyDictionary<ContactKey, int>> ResolveAsync(AccountInfo account, IEnumerable<ContactKey> keys, CancellationToken ct)
    {
        var found = new Dictionary<ContactKey, int>();
        foreach (var chunk in keys.Distinct().Chunk(LookupSize))
        {
            var answer = await _contacts.ResolveContactsAsync(new ResolveContactsRequest { Account = account.Name, Keys = { chunk } }, cancellationToken: ct);
            foreach (var (key, contactId) in chunk.Zip(answer.ContactIds))
            {
                found.Add(key, contactId);
            }
        }

        return found;
    }

    public ValueTask DisposeAsync() => _lookups.DisposeAsync();

    private Task<HashSet<int>> FindAsync(AccountInfo account, int[] contactIds, CancellationToken ct) =>
        _lookups.RunAsync(account.Id, new Lookup(account, contactIds), ct);

    // All of one account. Nobody's cancellation stops it: it is the work of all who wait.
    private async Task AnswerAsync(IReadOnlyList<Lookup> lookups)
    {
        var (account, all) = (lookups[0].Account, new HashSet<int>());
        foreach (var chunk in lookups.SelectMany(lookup => lookup.ContactIds).Distinct().Chunk(LookupSize))
        {
            var request = new BatchGetContactsRequest { Account = account.Name, ContactIds = { chunk } };
            var found = await _contacts.BatchGetContactsAsync(request);
            all.UnionWith(found.Contacts.Select(contact => contact.ContactId));
        }

        Remember(account.Id, all);

        foreach (var lookup in lookups)
        {
            lookup.Complete(all);
        }
    }

    private IEnumerable<int> Unknown(int accountId, IEnumerable<int> contactIds) =>
        _known.TryGet(accountId, out var known) ? contactIds.Where(id => id < 0 || !known.Contains(id)) : contactIds;

    // If two do so at once, one of them is forgotten, and asked for again.
    private void Remember(int accountId, HashSet<int> contactIds)
    {
        var known = new BitmapEditor(_known.TryGet(accountId, out var before) ? before : Bitmap.Empty);
        foreach (var contactId in contactIds)
        {
            known.Add(contactId);
        }

        _known.Set(accountId, known.ToBitmap());
    }

    private sealed class Lookup(AccountInfo account, int[] contactIds) : PendingCall<HashSet<int>>
    {
        public AccountInfo Account { get; } = account;

        public int[] ContactIds { get; } = contactIds;
    }
}
