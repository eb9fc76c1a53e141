using Dapper;
using NodaTime;
using Npgsql;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>What conditions on properties of events mean, one rule a row. The contacts have the purchases of <see cref="PurchaseWorld"/>.</summary>
public sealed class PropertyRuleTests(PurchaseWorld world) : IClassFixture<PurchaseWorld>
{
    [Theory]
    [InlineData("did \"Purchase\"", "1 2 3 4 5 6 7 8")]
    // Numbers: JSON numbers and texts that are plain decimals, as decimals.
    [InlineData("did \"Purchase\" (total > 100)", "1 2 6 7")]
    [InlineData("did \"Purchase\" (total = 120.50)", "1 2")]
    [InlineData("did \"Purchase\" (total between 5 and 120.5)", "1 2 7 8")]
    [InlineData("did \"Purchase\" (total in (5, 7))", "7")]
    [InlineData("did \"Purchase\" (total < 0)", "")]
    [InlineData("did \"Purchase\" (total != 120.5)", "3 4 5 6 7 8")]
    [InlineData("did \"Purchase\" (total != 120.5 and is set)", "4 5 6 7 8")]
    [InlineData("did \"Purchase\" (total not in (120.5, 5) and is set)", "4 5 6 7 8")]
    // Texts: JSON strings only.
    [InlineData("did \"Purchase\" (category = \"Shoes\")", "1 7 8")]
    [InlineData("did \"Purchase\" (category = \"shoes\" ignoring case)", "1 2 7 8")]
    [InlineData("did \"Purchase\" (category contains \"hoe\")", "1 2 7 8")]
    [InlineData("did \"Purchase\" (category starts with \"Sh\")", "1 7 8")]
    [InlineData("did \"Purchase\" (category ends with \"es\")", "1 2 7 8")]
    [InlineData("did \"Purchase\" (category does not contain \"hoe\" and is set)", "4 5 7 8")]
    [InlineData("did \"Purchase\" (category in (\"Bags\", \"Hats\"))", "7 8")]
    [InlineData("did \"Purchase\" (total = \"120.50\")", "2")]
    [InlineData("did \"Purchase\" (total = \"1e400\")", "")]
    [InlineData("did \"Purchase\" (Category is not empty)", "")]
    // What is inside of lists and objects is not looked at.
    [InlineData("did \"Purchase\" (category is empty)", "3 6")]
    [InlineData("did \"Purchase\" (category is not empty)", "1 2 4 5 7 8")]
    [InlineData("did \"Purchase\" (note is empty)", "1 2 4 5 6 7 8")]
    // Truth values, days and instants.
    [InlineData("did \"Purchase\" (gift = true)", "1")]
    [InlineData("did \"Purchase\" (gift != true and is set)", "2 4")]
    [InlineData("did \"Purchase\" (gift = \"true\")", "4")]
    [InlineData("did \"Purchase\" (delivery = 2024-02-29)", "1")]
    [InlineData("did \"Purchase\" (delivery < 2026-01-01)", "1")]
    [InlineData("did \"Purchase\" (delivery is not empty)", "1 2 3")]
    [InlineData("did \"Purchase\" (paid = 2026-11-23T10:00:00.123456Z)", "1 2")]
    [InlineData("did \"Purchase\" (paid >= 2026-11-23T10:00:00Z)", "1 2 5")]
    [InlineData("did \"Purchase\" (paid is not empty)", "1 2 3 4 5")]
    // All conditions hold of one event, and as many events count as meet them.
    [InlineData("did \"Purchase\" (category = \"Shoes\" AND total = 5)", "")]
    [InlineData("did \"Purchase\" (category = \"Shoes\") AND did \"Purchase\" (total = 5)", "7")]
    [InlineData("did \"Purchase\" (category is not empty) at least 2 times", "7 8")]
    [InlineData("did \"Purchase\" (total = 100) exactly 1 time", "8")]
    [InlineData("never did \"Purchase\" (total > 0)", "3 4 5 9")]
    [InlineData("did \"Purchase\" (category = \"Shoes\") in last 7 days", "1")]
    [InlineData("did \"Purchase\" (total > 100) of campaign \"Spring\"", "2")]
    // Sums: what is no number counts as 0, and who has no such event has no sum.
    [InlineData("sum of total of events \"Purchase\" >= 120.5", "1 2 6 7 8")]
    [InlineData("sum of total of events \"Purchase\" = 0", "3 4 5")]
    [InlineData("sum of total of events \"Purchase\" (category = \"Shoes\") between 0 and 120.5", "1 8")]
    [InlineData("sum of total of events \"Purchase\" in last 7 days > 1", "1")]
    [InlineData("sum of total of events \"Purchase\" != 0", "1 2 6 7 8")]
    [InlineData("NOT sum of total of events \"Purchase\" >= 0", "9")]
    [InlineData("sum of category of events \"Purchase\" = 0", "1 2 3 4 5 6 7 8")]
    public async Task Means(string text, string contacts) => Assert.Equal(contacts, await world.MatchAsync(text));
}

/// <summary>Contacts whose purchases have properties of all types, also such as no service writes.</summary>
public sealed class PurchaseWorld : IAsyncLifetime
{
    private static readonly Instant s_now = Instant.FromUtc(2026, 11, 23, 12, 0);

    // By contact; the second one in a line belongs to the same contact. The last contact bought nothing.
    private static readonly string?[][] s_purchases =
    [
        ["""{"total": 120.5, "category": "Shoes", "gift": true, "delivery": "2024-02-29", "paid": "2026-11-23T10:00:00.123456789Z"}"""],
        ["""{"total": "120.50", "category": "shoes", "gift": false, "delivery": "2023-02-29", "paid": "2026-11-23T12:00:00.123456+02:00"}"""],
        ["""{"total": null, "category": " ", "delivery": "0000-01-01", "paid": "2026-02-30T10:00:00Z", "note": "Infinity"}"""],
        ["""{"total": "NaN", "category": ["Shoes"], "gift": "true", "paid": "24:00"}"""],
        ["""{"total": {"total": 120.5}, "category": {"category": "Shoes"}, "paid": "9999-12-31T23:59:59-14:00"}"""],
        ["""{"total": 1e400, "category": []}"""],
        ["""{"total": 300, "category": "Shoes"}""", """{"total": 5, "category": "Bags"}"""],
        ["""{"total": 20.50, "category": "Shoes"}""", """{"total": "100", "category": "Hats"}"""],
        [],
    ];

    private TestDatabase? _database;

    /// <summary>Lists the contacts that match a filter written as text.</summary>
    public async Task<string> MatchAsync(string text)
    {
        var catalog = WorldNames.Catalog();
        var filter = FilterParser.Parse(text, catalog);
        FilterValidator.Validate(filter, catalog).ThrowIfAny();
        var compiled = FilterSql.Compile(filter, new FilterContext(catalog, s_now.ToDateTimeOffset()));
        await using var connection = new NpgsqlConnection(_database!.AccountConnectionString("segments", 1));
        var ids = await connection.QueryAsync<int>(
            $"SELECT c.contact_id FROM crm.segment_contacts c WHERE c.account_id = @account AND ({compiled.Text}) ORDER BY 1", compiled.Parameters);
        return string.Join(" ", ids);
    }

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(_database.OwnerConnectionString);
        await connection.OpenAsync();
        var contacts = s_purchases.Select((purchases, i) => Contact(i + 1, purchases)).ToList();
        await WorldLoader.LoadAsync(connection, new World(1, "Europe/Berlin", 1, contacts, new HashSet<(int, string)>()));
    }

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    // Only the first contact bought something lately, only the second one because of a campaign.
    private static WorldContact Contact(int id, string?[] purchases)
    {
        var contact = new WorldContact(id) { Created = s_now, Updated = s_now };
        foreach (var name in new[] { "external_id", "email", "phone", "first_name", "last_name", "language", "time_zone" })
        {
            contact.Texts[name] = null;
        }

        contact.Activities.AddRange(purchases.Select((properties, i) => new WorldActivity(
            9, 0, s_now - Duration.FromDays(id == 1 ? 1 : 30 + i), id == 2 ? WorldNames.Spring : null, "Purchase", properties)));
        return contact;
    }
}
