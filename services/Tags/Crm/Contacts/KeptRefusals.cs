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

    /// <summary>Unsubscribes those of many contacts that were just written whose address was refused, and returns how many they are.</summary>
    public async Task<int> HoldAsync(ContactWrites contacts, IReadOnlyCollection<(int ContactId, ContactState State)> written, CancellationToken ct)
    {
        // Hashing the addresses of a file takes a while, and most accounts keep no refusals.
        const string anySql = "SELECT EXISTS (SELECT FROM crm.kept_refusal WHERE account_id = @AccountId)";
        if (!await contacts.Transaction.Connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(anySql, new { contacts.Transaction.AccountId }, contacts.Transaction.Transaction, cancellationToken: ct)))
        {
            return 0;
        }

        var byAddress = ByAddress(written.Select(contact => (contact.State, contact.ContactId)));
        var held = new HashSet<int>();
        foreach (var refused in await TakeAsync(contacts.Transaction, [.. byAddress.Select(group => group.First().Address)], ct))
        {
            foreach (var contact in byAddress[(refused.Channel, refused.Key)].OrderBy(contact => contact.Owner))
            {
                await contacts.SetConsentAsync(contact.Owner, Refusal(refused.Channel));
                held.Add(contact.Owner);
            }
        }

        return held.Count;
    }

    /// <summary>Finds those of many contacts whose address was refused, and takes nothing: for who only wants to know.</summary>
    public async Task<List<(T Contact, Channel Channel, string Key)>> FindAsync<T>(
        AccountDatabase database, int accountId, IEnumerable<(ContactState State, T Contact)> contacts, CancellationToken ct)
    {
        const string sql = """
            SELECT r.n
            FROM unnest(@channels, @hashes) WITH ORDINALITY AS r (channel, hash, n)
            JOIN crm.kept_refusal k ON k.account_id = @accountId AND k.channel = r.channel AND k.address_hash = r.hash
            """;
        var byAddress = ByAddress(contacts);
        var hashes = Hashes(accountId, [.. byAddress.Select(group => group.First().Address)]);
        await using var connection = await database.OpenAsync(accountId, ct);
        var found = await connection.QueryAsync<long>(new CommandDefinition(sql, Values(accountId, hashes.ConvertAll(one => (one.Address.Channel, one.Hash))), cancellationToken: ct));
        return
        [
            .. found.Select(n => hashes[(int)n - 1].Address).DistinctBy(address => (address.Channel, address.Key))
                .SelectMany(address => byAddress[(address.Channel, address.Key)].Select(contact => (contact.Owner, address.Channel, address.Key))),
        ];
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

        var hashes = Hashes(transaction.AccountId, addresses);
        var taken = await transaction.Connection.QueryAsync<long>(
            Command(sql, transaction, hashes.ConvertAll(one => (one.Address.Channel, one.Hash)), ct));
        return [.. taken.Select(n => hashes[(int)n - 1].Address).Distinct()];
    }

    private List<(PersonAddress Address, byte[] Hash)> Hashes(int accountId, List<PersonAddress> addresses) => addresses
        .SelectMany(address => address.AllKeys.SelectMany(key => hash.AllOf(accountId, address.Channel, key)).Select(one => (Address: address, Hash: one)))
        .ToList();

    private static CommandDefinition Command(
        string sql, AccountTransaction transaction, List<(Channel Channel, byte[] Hash)> hashes, CancellationToken ct) =>
        new(sql, Values(transaction.AccountId, hashes), transaction.Transaction, cancellationToken: ct);

    private static object Values(int accountId, List<(Channel Channel, byte[] Hash)> hashes) => new
    {
        accountId,
        channels = hashes.Select(one => (short)one.Channel).ToArray(),
        hashes = hashes.Select(one => one.Hash).ToArray(),
    };

    private static ILookup<(Channel Channel, string Key), (PersonAddress Address, T Owner)> ByAddress<T>(IEnumerable<(ContactState State, T Owner)> contacts) => contacts
        .SelectMany(contact => AddressesOf(contact.State[ContactAttribute.Email], contact.State.PhoneKey ?? contact.State[ContactAttribute.Phone])
            .Select(address => (Address: address, contact.Owner)))
        .ToLookup(contact => (contact.Address.Channel, contact.Address.Key));

    private static List<PersonAddress> AddressesOf(string? email, string? phone) =>
    [
        .. email is null ? [] : new[] { new PersonAddress(Channel.Email, email) },
        .. phone is null ? [] : new[] { new PersonAddress(Channel.Sms, phone) },
    ];

    private static Consent Refusal(Channel channel) => new() { Channel = channel, State = Consent.Types.State.Unsubscribed, Source = Source };
}
