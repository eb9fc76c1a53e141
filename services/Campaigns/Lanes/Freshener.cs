using Crm.Contacts.V1;
using TagSegments.Campaigns.Delivery;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Reads the contacts of letters, so that whoever was deleted or opted out since the audience was frozen is left out.</summary>
internal sealed class Freshener(ContactService.ContactServiceClient contacts, DeliveryOptions options)
{
    private const int LookupSize = 1_000;

    /// <summary>Reads the contacts of letters, unless those that they have are fresh; after a wait none is.</summary>
    public async Task FreshenAsync(IReadOnlyList<Letter> letters, bool waited, CancellationToken ct)
    {
        var maxAge = waited ? TimeSpan.Zero : options.ContactAge;
        foreach (var account in letters.Where(letter => letter.Age > maxAge).GroupBy(letter => letter.Source.AccountName))
        {
            foreach (var chunk in account.Chunk(LookupSize))
            {
                await ReadAsync(account.Key, chunk, ct);
            }
        }
    }

    private async Task ReadAsync(string account, Letter[] letters, CancellationToken ct)
    {
        var readAt = TimeProvider.System.GetTimestamp();
        var request = new BatchGetContactsRequest { Account = account, ContactIds = { letters.Select(letter => letter.Claim.ContactId).Distinct() } };
        var found = (await contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts.ToDictionary(contact => contact.ContactId);
        foreach (var letter in letters)
        {
            letter.Put(found.GetValueOrDefault(letter.Claim.ContactId), readAt);
        }
    }
}
