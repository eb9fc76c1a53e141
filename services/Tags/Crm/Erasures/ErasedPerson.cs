using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>What must be known of a contact to erase it.</summary>
/// <param name="OwnAddresses">The addresses that it has or had and that no other contact has.</param>
/// <param name="Refused">The addresses on which it refused messages; no later consent of another contact lifts that.</param>
/// <param name="Sharing">The living contacts that have a refused address too.</param>
internal sealed record ErasedPerson(
    IReadOnlyList<PersonAddress> OwnAddresses, IReadOnlyList<PersonAddress> Refused, IReadOnlyList<int> Sharing)
{
    private const string OthersWithKey = """
        o.account_id = @accountId AND o.contact_id <> @contactId AND o.erased_at IS NULL
            AND CASE WHEN a.channel = @sms THEN coalesce(o.phone_key, crm.phone_key(o.phone)) = a.key ELSE o.email_key = a.key END
        """;

    /// <summary>Reads what is still known of a contact.</summary>
    public static async Task<ErasedPerson> ReadAsync(AccountDatabase database, int accountId, int contactId, CancellationToken ct)
    {
        const string sharedSql = $"""
            SELECT DISTINCT a.channel, a.key
            FROM unnest(@channels, @keys) AS a (channel, key)
            WHERE EXISTS (SELECT FROM crm.contact o WHERE {OthersWithKey})
                -- Or had it: what was suppressed then is asked for by questions about the past.
                OR EXISTS (
                    SELECT FROM crm.contact_change h
                    WHERE h.account_id = @accountId AND h.contact_id <> @contactId
                        AND CASE WHEN a.channel = @sms THEN coalesce(h.before ->> 'phone_key', crm.phone_key(h.before ->> 'phone')) = a.key ELSE h.before ->> 'email_key' = a.key END)
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var numbers = new { accountId, contactId, email = (short)Channel.Email, sms = (short)Channel.Sms };
        var addresses = await KnownPerson.AddressesAsync(connection, accountId, [contactId], ct);
        var values = new DynamicParameters(numbers);
        values.AddDynamicParams(new
        {
            channels = addresses.Select(address => (short)address.Channel).ToArray(),
            keys = addresses.Select(address => address.Key).ToArray(),
        });
        var shared = (await connection.QueryAsync<(short, string)>(new CommandDefinition(sharedSql, values, cancellationToken: ct))).ToHashSet();
        var refused = await ReadRefusedAsync(connection, numbers, ct);
        return new(
            [.. addresses.Where(address => !shared.Contains(((short)address.Channel, address.Key)))],
            [.. refused.Select(row => new PersonAddress((Channel)row.Channel, row.Address)).DistinctBy(address => (address.Channel, address.Key))],
            [.. refused.Select(row => row.Sharing).OfType<int>().Distinct().Order()]);
    }

    /// <summary>Takes out of the tables what tells who a contact was.</summary>
    public static Task EraseAsync(AccountTransaction transaction, int contactId, CancellationToken ct)
    {
        const string sql = "SELECT crm.erase_contact(@AccountId, @contactId)";
        return transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { transaction.AccountId, contactId }, transaction.Transaction, cancellationToken: ct));
    }

    private static async Task<List<(short Channel, string Address, int? Sharing)>> ReadRefusedAsync(
        NpgsqlConnection connection, object values, CancellationToken ct)
    {
        const string sql = $"""
            SELECT a.channel, a.address, o.contact_id
            FROM (
                SELECT @email AS channel, email AS address, email_key AS key, email_consent_at AS at
                FROM crm.contact
                WHERE account_id = @accountId AND contact_id = @contactId AND email_consent = {ConsentStates.Unsubscribed} AND email IS NOT NULL
                UNION ALL
                SELECT @sms, coalesce(phone_key, phone), coalesce(phone_key, crm.phone_key(phone)), sms_consent_at
                FROM crm.contact
                WHERE account_id = @accountId AND contact_id = @contactId AND sms_consent = {ConsentStates.Unsubscribed} AND phone IS NOT NULL) AS a
            LEFT JOIN crm.contact o ON o.deleted_at IS NULL AND {OthersWithKey}
            WHERE NOT EXISTS (
                SELECT FROM crm.contact o
                WHERE o.deleted_at IS NULL AND {OthersWithKey} AND CASE WHEN a.channel = @sms
                    THEN o.sms_consent = {ConsentStates.Subscribed} AND o.sms_consent_at >= a.at
                    ELSE o.email_consent = {ConsentStates.Subscribed} AND o.email_consent_at >= a.at END)
            """;
        return (await connection.QueryAsync<(short, string, int?)>(new CommandDefinition(sql, values, cancellationToken: ct))).AsList();
    }
}
