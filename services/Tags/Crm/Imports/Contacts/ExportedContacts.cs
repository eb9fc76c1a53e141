using Dapper;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>
/// Finds the contacts of which rows of an export were made that have no external id: by number, or by e-mail address where the file comes from another
/// account, and always by the time of creation, which no two people share by chance.
/// </summary>
internal sealed class ExportedContacts(AccountDatabase database, int accountId)
{
    private readonly Dictionary<int, string> _taken = [];

    /// <summary>Finds the contacts of rows, by the keys of the rows.</summary>
    public async Task<List<(string Key, ContactRow Row)>> FindAsync(IReadOnlyList<ContactDraft> drafts, CancellationToken ct)
    {
        if (drafts.Count == 0)
        {
            return [];
        }

        var byNumber = (await ReadAsync("contact_id = k.key", drafts.Select(draft => draft.Exported!.Number).Distinct().ToArray(), ct)).ToDictionary(row => row.ContactId);
        var byEmail = (await ReadAsync("email_key = k.key AND external_id IS NULL", drafts.Select(draft => draft.Values.EmailKey).OfType<string>().Distinct().ToArray(), ct))
            .OrderBy(row => row.ContactId).ToLookup(row => row.EmailKey!, StringComparer.Ordinal);
        var found = new List<(string, ContactRow)>();
        foreach (var draft in drafts)
        {
            if (Find(draft, byNumber, byEmail) is { } row)
            {
                _taken[row.ContactId] = draft.Key!;
                found.Add((draft.Key!, row));
            }
        }

        return found;
    }

    // Two people can share an address: the first of them that no other row is.
    private ContactRow? Find(ContactDraft draft, Dictionary<int, ContactRow> byNumber, ILookup<string, ContactRow> byEmail)
    {
        var exported = draft.Exported!;
        return byNumber.GetValueOrDefault(exported.Number) is { } same && same.CreatedAt == exported.CreatedAt ? same
            : draft.Values.EmailKey is not { } email ? null
            : byEmail[email].FirstOrDefault(row => row.CreatedAt == exported.CreatedAt && (!_taken.TryGetValue(row.ContactId, out var key) || key == draft.Key));
    }

    private async Task<IEnumerable<ContactRow>> ReadAsync<T>(string condition, T[] keys, CancellationToken ct)
    {
        // One by one, as in ContactBatches.
        var sql = $"""
            SELECT {ContactRow.Columns}
            FROM unnest(@keys) AS k (key)
            CROSS JOIN LATERAL (
                SELECT *
                FROM crm.contact
                WHERE account_id = @accountId AND {condition} AND deleted_at IS NULL
                OFFSET 0) AS c
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QueryAsync<ContactRow>(new CommandDefinition(sql, new { accountId, keys }, cancellationToken: ct));
    }
}
