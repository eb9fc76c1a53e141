using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Rows A1, A5 and A6 of the page of faults: what former versions have stored is found, too.</summary>
public sealed class FormerDatabaseTests(FormerDatabaseTests.Migrated migrated) : IClassFixture<FormerDatabaseTests.Migrated>
{
    // Names and ids that are taken in the composed form stay as they are.
    private static readonly string[] s_taken =
    [
        "crm.contact.external_id: Ö", "crm.pipeline.name: Café", "segments.segment.name: Café", "segments.segment_version.name: Café",
        // The name that a version had is part of the history.
        "segments.segment_version.name: Größe",
    ];

    [Fact]
    public async Task A6_every_stored_text_is_composed_by_the_migrations_or_before_the_first_call()
    {
        await using var database = await FormerDatabase.CreateAsync();
        Assert.NotEmpty(await NotComposedAsync(database));

        await FormerDatabase.MigrateAsync(database);
        await using var apps = await TestApps.StartAsync(new() { Database = database });

        Assert.Equal(s_taken.Order(StringComparer.Ordinal), await NotComposedAsync(database));
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        Assert.Equal(new[] { "Été", "Gold", "Ångström" }, await owner.QuerySingleAsync<string[]>("SELECT choices FROM crm.field WHERE field_id = 3"));
    }

    [Theory]
    [InlineData("city = \"Québec\"", "1 2")]
    [InlineData("first_name = \"Zoë\"", "1 2 3")]
    [InlineData("tier = \"Été\"", "3 4")]
    [InlineData("external_id in (\"é1\", \"é2\")", "1 2")]
    [InlineData("email = \"INFO@bücher.example\"", "1 2 3")]
    [InlineData("phone = \"+436601234567\"", "1 2 3")]
    [InlineData("phone = \"0660 1234567\"", "5")]
    [InlineData("in segment \"Größe\"", "1 2")]
    [InlineData("did \"Bought\" (what = \"Möbel\")", "1 2")]
    [InlineData("clicked email (link ends with \"/Möbel\")", "2")]
    [InlineData("has opportunity (name = \"Möbel\" AND product = \"Möbel\" AND pipeline = \"Küche\" AND stage = \"Geprüft\")", "1")]
    [InlineData("suppressed for email", "1 2 3")]
    [InlineData("suppressed for sms", "1 2 3")]
    public async Task A1_A5_A6_filters_find_what_a_former_version_stored(string filter, string expected)
    {
        var matches = await migrated.Apps.Segments.ListMatchesAsync(new ListMatchesRequest { Account = "old", Source = new() { Text = filter } });

        Assert.Equal(expected, string.Join(' ', matches.ContactIds));
    }

    // Of all columns of texts and JSON, also of tables that nobody has thought of.
    private static async Task<List<string>> NotComposedAsync(TestDatabase database)
    {
        const string columnSql = """
            SELECT c.table_schema || '.' || c.table_name AS table_name, c.column_name
            FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema IN ('crm', 'tags', 'segments', 'campaigns', 'workflows') AND t.table_type = 'BASE TABLE'
              AND (c.data_type IN ('text', 'jsonb', 'json') OR c.udt_name = '_text')
              -- Changes of the past say what was so then, and suppressions stay under their former keys as well.
              AND c.table_name NOT IN ('contact_change', 'catalog_change', 'suppression', 'suppression_change') AND c.table_name NOT LIKE 'activity\_%'
            ORDER BY 1, 2
            """;
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        var found = new List<string>();
        foreach (var (table, column) in await owner.QueryAsync<(string Table, string Column)>(columnSql))
        {
            var texts = await owner.QueryAsync<string>($"SELECT {column}::text FROM {table} WHERE {column}::text IS NOT NFC NORMALIZED");
            found.AddRange(texts.Select(text => $"{table}.{column}: {text.Normalize()}"));
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    /// <summary>The services on a former database that was migrated.</summary>
    public sealed class Migrated : IAsyncLifetime
    {
        public TestApps Apps { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var database = await FormerDatabase.CreateAsync();
            await FormerDatabase.MigrateAsync(database);
            Apps = await TestApps.StartAsync(new() { Database = database });
        }

        public async Task DisposeAsync() => await Apps.DisposeAsync();
    }
}
