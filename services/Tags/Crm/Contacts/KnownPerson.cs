using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Finds what belongs to the person that a contact is.</summary>
internal static class KnownPerson
{
    /// <summary>Finds the contacts that are one person with some contacts: the ones that were merged into them, directly or through others. Their deletion names it.</summary>
    public static async Task<int[]> ContactsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? tx, int accountId, int[] contactIds, CancellationToken ct)
    {
        const string sql = $"""
            WITH RECURSIVE person AS (
                SELECT unnest(@contactIds) AS contact_id
                UNION
                SELECT d.contact_id
                FROM person p
                JOIN crm.contact_change d ON d.account_id = @accountId AND d.kind = {ContactChangeKinds.Deleted}
                    AND d.cause_kind = {CauseKinds.Merge} AND d.cause_detail = 'into contact ' || p.contact_id)
            SELECT contact_id FROM person ORDER BY contact_id
            """;
        return [.. await connection.QueryAsync<int>(new CommandDefinition(sql, new { accountId, contactIds }, tx, cancellationToken: ct))];
    }

    /// <summary>Finds the addresses that contacts have or had.</summary>
    public static async Task<List<PersonAddress>> AddressesAsync(
        NpgsqlConnection connection, int accountId, int[] contactIds, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT channel, address
            FROM (
                SELECT @email AS channel, email AS address FROM crm.contact WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
                UNION ALL
                SELECT @sms, unnest(ARRAY[phone, phone_key]) FROM crm.contact WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
                UNION ALL
                SELECT @email, before ->> 'email' FROM crm.contact_change WHERE account_id = @accountId AND contact_id = ANY (@contactIds)
                UNION ALL
                SELECT @sms, unnest(ARRAY[before ->> 'phone', before ->> 'phone_key']) FROM crm.contact_change WHERE account_id = @accountId AND contact_id = ANY (@contactIds)) AS a
            WHERE address IS NOT NULL
            """;
        var values = new { accountId, contactIds, email = (short)Channel.Email, sms = (short)Channel.Sms };
        var rows = await connection.QueryAsync<(short Channel, string Text)>(new CommandDefinition(sql, values, cancellationToken: ct));
        return [.. rows.Select(row => new PersonAddress((Channel)row.Channel, row.Text))];
    }
}
