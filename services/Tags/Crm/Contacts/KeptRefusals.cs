using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>
/// The refusals that outlive the data of the people who made them. When a contact gets such an address, it is unsubscribed from its first moment,
/// and the refusal is the contact's from then on.
/// </summary>
internal sealed class KeptRefusals(AddressHash hash)
{
    private const string Source = "kept when the address was erased";

    /// <summary>Keeps the refusals of addresses.</summary>
    public Task KeepAsync(AccountTransaction transaction, IReadOnlyCollection<PersonAddress> addresses, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO crm.kept_refusal (account_id, channel, address_hash)
            SELECT @accountId, r.channel, r.hash
            FROM unnest(@channels, @hashes) AS r (channel, hash)
            ORDER BY 2, 3
            ON CONFLICT DO NOTHING
            """;
        return addresses.Count == 0
            ? Task.CompletedTask
            : transaction.Connection.ExecuteAsync(Command(
                sql, transaction, [.. addresses.Select(address => (address.Channel, hash.Of(transaction.AccountId, address.Channel, address.Key)))], ct));
    }

    /// <summary>Unsubscribes a contact that was just written, if its address was refused; returns its row.</summary>
    public async Task<ContactRow> HoldAsync(ContactWrites contacts, ContactRow row, CancellationToken ct)
    {
        foreach (var address in await TakeAsync(contacts.Transaction, AddressesOf(row.Email, row.PhoneKey ?? row.Phone), ct))
        {
            row = await contacts.SetConsentAsync(row.ContactId, Refusal(address.Channel));
        }

        return row;
    }

    /// <summary>Unsubscribes those of many contacts that were just written whose address was refused.</summary>
    public async Task HoldAsync(ContactWrites contacts, IReadOnlyCollection<(int ContactId, ContactState State)> written, CancellationToken ct)
    {
        var byAddress = written
            .SelectMany(contact => AddressesOf(contact.State[ContactAttribute.Email], contact.State.PhoneKey ?? contact.State[ContactAttribute.Phone])
                .Select(address => (address.Channel, address.Key, Address: address, contact.ContactId)))
            .ToLookup(contact => (contact.Channel, contact.Key));
        foreach (var refused in await TakeAsync(contacts.Transaction, [.. byAddress.Select(group => group.First().Address)], ct))
        {
            foreach (var contact in byAddress[(refused.Channel, refused.Key)].OrderBy(contact => contact.ContactId))
            {
                await contacts.SetConsentAsync(contact.ContactId, Refusal(refused.Channel));
            }
        }
    }

    // The contact has the refusal from now on, so the hash is needed no longer.
    private async Task<List<PersonAddress>> TakeAsync(AccountTransaction transaction, List<PersonAddress> addresses, CancellationToken ct)
    {
        const string sql = """
            DELETE FROM crm.kept_refusal k
            USING unnest(@channels, @hashes) WITH ORDINALITY AS r (channel, hash, n)
            WHERE k.account_id = @accountId AND k.channel = r.channel AND k.address_hash = r.hash
            RETURNING r.n
            """;
        if (addresses.Count == 0)
        {
            return [];
        }

        var hashes = addresses
            .SelectMany(address => address.AllKeys.SelectMany(key => hash.AllOf(transaction.AccountId, address.Channel, key)).Select(one => (Address: address, Hash: one)))
            .ToList();
        var taken = await transaction.Connection.QueryAsync<long>(
            Command(sql, transaction, hashes.ConvertAll(one => (one.Address.Channel, one.Hash)), ct));
        return [.. taken.Select(n => hashes[(int)n - 1].Address).Distinct()];
    }

    private static CommandDefinition Command(
        string sql, AccountTransaction transaction, List<(Channel Channel, byte[] Hash)> hashes, CancellationToken ct) => new(
        sql,
        new
        {
            accountId = transaction.AccountId,
            channels = hashes.Select(one => (short)one.Channel).ToArray(),
            hashes = hashes.Select(one => one.Hash).ToArray(),
        },
        transaction.Transaction,
        cancellationToken: ct);

    private static List<PersonAddress> AddressesOf(string? email, string? phone) =>
    [
        .. email is null ? [] : new[] { new PersonAddress(Channel.Email, email) },
        .. phone is null ? [] : new[] { new PersonAddress(Channel.Sms, phone) },
    ];

    private static Consent Refusal(Channel channel) => new() { Channel = channel, State = Consent.Types.State.Unsubscribed, Source = Source };
}
