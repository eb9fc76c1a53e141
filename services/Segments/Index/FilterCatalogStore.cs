using Dapper;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Segments.Sql;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Index;

/// <summary>Reads the names that filters of an account can use.</summary>
internal static class FilterCatalogStore
{
    /// <summary>
    /// Loads the catalog in one round trip; inside a transaction it belongs to that transaction's snapshot. The catalog of a past moment also has
    /// things created since; segments and campaigns are always the current ones.
    /// </summary>
    public static async Task<FilterCatalog> LoadAsync(NpgsqlConnection connection, int accountId, FilterSources sources, CancellationToken ct)
    {
        var sql = $"""
            SELECT time_zone, week_start, coalesce(country, '') AS country FROM {sources.Accounts} a WHERE account_id = @account;
            SELECT tag_id AS id, name, deleted_at IS NOT NULL AS is_deleted FROM {sources.Tags} t WHERE account_id = @account;
            SELECT segment_id::text AS id, name, false AS is_deleted FROM segments.segment WHERE account_id = @account;
            SELECT campaign_id::text AS id, name, false AS is_deleted FROM campaigns.segment_campaigns WHERE account_id = @account;
            SELECT field_id, target, key, type, choices, deleted_at IS NOT NULL AS is_deleted
            FROM {sources.Fields} f WHERE account_id = @account;
            SELECT name FROM {sources.Pipelines} p WHERE account_id = @account;
            SELECT DISTINCT name FROM {sources.Stages} s WHERE account_id = @account;
            """;
        await using var reader = await connection.QueryMultipleAsync(
            new CommandDefinition(sql, SqlParameters.Of(accountId, sources), cancellationToken: ct));

        var account = await reader.ReadSingleAsync<AccountRow>();
        var tags = await ReadItemsAsync<int>(reader);
        var segments = await ReadItemsAsync<string>(reader);
        var campaigns = await ReadItemsAsync<string>(reader);
        var fields = (await reader.ReadAsync<FieldRow>()).AsList();
        return new FilterCatalog
        {
            AccountId = accountId,
            TimeZone = account.TimeZone,
            WeekStart = account.WeekStart,
            Country = account.Country,
            TagItems = tags,
            SegmentItems = segments,
            CampaignItems = campaigns,
            ContactCustomFields = [.. fields.Where(row => row.Target == 1).Select(row => row.ToField())],
            OpportunityCustomFields = [.. fields.Where(row => row.Target == 2).Select(row => row.ToField())],
            Pipelines = (await reader.ReadAsync<string>()).AsList(),
            Stages = (await reader.ReadAsync<string>()).AsList(),
        };
    }

    private static async Task<IReadOnlyList<NamedItem<TId>>> ReadItemsAsync<TId>(SqlMapper.GridReader reader) =>
        (await reader.ReadAsync<NamedItem<TId>>()).AsList();

    private sealed record AccountRow(string TimeZone, short WeekStart, string Country);

    // Dapper gives arrays to properties only, not to constructors.
    private sealed record FieldRow
    {
        public int FieldId { get; init; }

        public short Target { get; init; }

        public string Key { get; init; } = "";

        public short Type { get; init; }

        public string[] Choices { get; init; } = [];

        public bool IsDeleted { get; init; }

        public FilterField ToField() => new(Key, (FieldType)Type, FieldId, IsDeleted) { Choices = Choices };
    }
}
