using Crm.Common.V1;
using Dapper;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts.Keys;

/// <summary>Finds contacts by the keys that people outside know them by.</summary>
internal sealed class ContactLookup(GenericPlanPool pool, ContactStore contacts, AccountDatabase database)
{
    /// <summary>Finds the number of the contact of each key, 0 if there is none. A contact that was merged is found as the one that it is now.</summary>
    public async Task<int[]> ResolveAsync(int accountId, IReadOnlyList<ContactKey> keys, CancellationToken ct)
    {
        // Key by key, so that the plan does not depend on how many contacts there were when it was made. A living contact comes before a deleted
        // one; a deleted contact has its address no more, unless it was merged.
        const string sql = """
            SELECT coalesce(c.contact_id, 0) AS contact_id, coalesce(c.is_merged, false) AS is_merged
            FROM unnest(@ids, @externalIds, @emails, @phones) WITH ORDINALITY AS k (id, external_id, email, phone, n)
            LEFT JOIN LATERAL (
                SELECT contact_id, merged_into IS NOT NULL AS is_merged
                FROM (
                    SELECT contact_id, merged_into, deleted_at FROM crm.contact WHERE account_id = @accountId AND contact_id = k.id
                    UNION ALL
                    SELECT contact_id, merged_into, deleted_at FROM crm.contact WHERE account_id = @accountId AND external_id = k.external_id AND deleted_at IS NULL
                    UNION ALL
                    SELECT contact_id, merged_into, deleted_at FROM crm.contact WHERE account_id = @accountId AND external_id = k.external_id AND deleted_at IS NOT NULL
                    UNION ALL
                    SELECT contact_id, merged_into, deleted_at FROM crm.contact
                    WHERE account_id = @accountId AND email_key = k.email AND (deleted_at IS NULL OR merged_into IS NOT NULL)
                    UNION ALL
                    SELECT contact_id, merged_into, deleted_at FROM crm.contact
                    WHERE account_id = @accountId AND phone_number = k.phone AND (deleted_at IS NULL OR merged_into IS NOT NULL)
                    OFFSET 0) AS all_of_key
                ORDER BY deleted_at DESC NULLS FIRST, contact_id
                LIMIT 1) AS c ON true
            ORDER BY n
            """;
        var country = keys.Any(key => key.HasPhone) ? (await PhoneRule.ReadAsync(database, accountId, ct)).Country : "";
        var values = new
        {
            accountId,
            ids = keys.Select(key => key.HasContactId ? key.ContactId : (int?)null).ToArray(),
            externalIds = keys.Select(key => key.HasExternalId ? key.ExternalId.Trim() : null).ToArray(),
            emails = keys.Select(key => key.HasEmail ? EmailAddress.Key(key.Email) : null).ToArray(),
            phones = keys.Select(key => key.HasPhone ? PhoneNumber.Key(key.Phone, country) : null).ToArray(),
        };
        await using var connection = await pool.Connections.OpenAsync(accountId, ct);
        var found = (await connection.QueryAsync<(int ContactId, bool IsMerged)>(new CommandDefinition(sql, values, cancellationToken: ct))).AsList();
        int[] merged = [.. found.Where(contact => contact.IsMerged).Select(contact => contact.ContactId).Distinct()];
        var now = merged.Length == 0 ? [] : (await contacts.MergedAsync(accountId, merged, ct)).ToDictionary(contact => contact.ContactId, contact => contact.MergedIntoId);
        return [.. found.Select(contact => now.GetValueOrDefault(contact.ContactId, contact.ContactId))];
    }
}
