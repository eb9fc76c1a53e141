using Crm.Contacts.V1;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Finds the contacts that people are now to whom messages went under a number that has been merged since. Calls that ask at the same time share
/// one call to the contact service.
/// </summary>
internal sealed class MergedContacts : IAsyncDisposable
{
    private const int LookupSize = 1_000;
    private readonly ContactService.ContactServiceClient _contacts;
    private readonly AccountCoalescers<Lookup, IReadOnlyDictionary<int, int>> _lookups;

    public MergedContacts(ContactService.ContactServiceClient contacts)
    {
        _contacts = contacts;
        _lookups = new(accountId => new(AnswerAsync, LookupSize) { Span = ("campaigns.merged", accountId) });
    }

    /// <summary>Gets the number of the contact that a contact is now: its own, unless it was merged.</summary>
    public async Task<int> NowAsync(int accountId, string accountName, int contactId, CancellationToken ct) =>
        (await FindAsync(accountId, accountName, [contactId], ct)).GetValueOrDefault(contactId, contactId);

    /// <summary>Finds those of some contacts that were merged, with the contacts that they are now; maybe some more.</summary>
    public Task<IReadOnlyDictionary<int, int>> FindAsync(
        int accountId, string accountName, IReadOnlyCollection<int> contactIds, CancellationToken ct) =>
        _lookups.RunAsync(accountId, new Lookup(accountName, contactIds), ct);

    public ValueTask DisposeAsync() => _lookups.DisposeAsync();

    private async Task AnswerAsync(IReadOnlyList<Lookup> lookups)
    {
        var merged = new Dictionary<int, int>();
        foreach (var chunk in lookups.SelectMany(lookup => lookup.ContactIds).Distinct().Chunk(LookupSize))
        {
            var request = new ResolveMergedContactsRequest { Account = lookups[0].AccountName, ContactIds = { chunk } };
            foreach (var contact in (await _contacts.ResolveMergedContactsAsync(request)).MergedContacts)
            {
                merged[contact.ContactId] = contact.MergedIntoId;
            }
        }

        foreach (var lookup in lookups)
        {
            lookup.Complete(merged);
        }
    }

    private sealed class Lookup(string accountName, IReadOnlyCollection<int> contactIds) : PendingCall<IReadOnlyDictionary<int, int>>
    {
        public string AccountName => accountName;

        public IReadOnlyCollection<int> ContactIds => contactIds;
    }
}
