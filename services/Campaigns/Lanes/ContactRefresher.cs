using Crm.Contacts.V1;
using TagSegments.Campaigns.Delivery;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Reads the contacts of messages again, so that a contact that was deleted or opted out since the audience was frozen is left out.</summary>
internal sealed class ContactRefresher(ContactService.ContactServiceClient contacts, AccountDirectory accounts, DeliveryOptions options)
{
    private const int LookupSize = 1_000;

    /// <summary>Reads the contacts that were read too long ago; after a wait every contact is read.</summary>
    public async Task RefreshAsync(IReadOnlyList<QueuedMessage> messages, bool waited, CancellationToken ct)
    {
        var maxAge = waited ? TimeSpan.Zero : options.ContactAge;
        foreach (var account in messages.Where(message => message.Source.HasContact && message.Age > maxAge).GroupBy(message => message.Source.AccountName))
        {
            foreach (var chunk in account.Chunk(LookupSize))
            {
                await ReadAsync(account.Key, chunk, ct);
            }
        }
    }

    private async Task ReadAsync(string account, QueuedMessage[] messages, CancellationToken ct)
    {
        var readAt = TimeProvider.System.GetTimestamp();
        var request = new BatchGetContactsRequest
        {
            Account = account,
            ContactIds = { messages.Select(message => message.Recipient.ContactId).Distinct() },
        };
        var found = (await contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts.ToDictionary(contact => contact.ContactId);
        var timeZone = (await accounts.GetAsync(account, ct)).TimeZone;
        foreach (var message in messages)
        {
            message.Refresh(found.GetValueOrDefault(message.Recipient.ContactId), timeZone, readAt);
        }
    }
}
