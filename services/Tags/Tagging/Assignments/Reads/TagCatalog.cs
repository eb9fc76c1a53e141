using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Assignments.Reads;

/// <summary>Keeps the tag libraries of accounts in memory, each as long as the account's catalog clock stands still.</summary>
internal sealed class TagCatalog(AccountDatabase database, MemoryBudget memory)
{
    private readonly AccountCache<int, TagLibrary> _libraries = new(memory, "tags.library", (_, library) => library.Bytes);

    /// <summary>Gets the tags that exist, as of the catalog clock's nonce or later.</summary>
    public async Task<Dictionary<int, Tag>> GetAsync(int accountId, Guid nonce, CancellationToken ct)
    {
        if (!_libraries.TryGet(accountId, out var library) || library.Nonce != nonce)
        {
            library = await LoadAsync(accountId, ct);
            _libraries.Set(accountId, library);
        }

        return library.Tags;
    }

    // One statement, so that tags and nonce are of one snapshot.
    private async Task<TagLibrary> LoadAsync(int accountId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {TagRow.Columns}, clock.nonce
            FROM crm.catalog_clock clock
            JOIN tags.tag t ON t.account_id = clock.account_id AND t.deleted_at IS NULL
            WHERE clock.account_id = @accountId
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = (await connection.QueryAsync<TagRow, Guid, (Tag Tag, Guid Nonce)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct), (row, nonce) => (Short(row), nonce), "nonce")).AsList();
        return new(rows.Select(row => row.Nonce).FirstOrDefault(), rows.ToDictionary(row => row.Tag.TagId, row => row.Tag));
    }

    // The long texts are for the dictionary; they would be repeated for each contact that has the tag.
    private static Tag Short(TagRow row) => (row with { WhenToApply = "", Examples = "", Owner = "" }).ToProto();

    private sealed record TagLibrary(Guid Nonce, Dictionary<int, Tag> Tags)
    {
        // A message with its texts takes about 300 bytes more in memory than on the wire, and two for each character.
        public long Bytes { get; } = Tags.Values.Sum(tag => 300L + (2 * tag.CalculateSize()));
    }
}
