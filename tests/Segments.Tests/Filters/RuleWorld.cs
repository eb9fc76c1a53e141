using Dapper;
using NodaTime;
using Npgsql;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>Five contacts in a database, each an edge case of some rule, on Monday 2026-11-23 at 11:00 in Berlin.</summary>
public sealed class RuleWorld : IAsyncLifetime
{
    private static readonly Instant s_now = Instant.FromUtc(2026, 11, 23, 10, 0);
    private TestDatabase? _database;

    /// <summary>Lists the contacts that match a filter written as text.</summary>
    public async Task<string> MatchAsync(string text, int weekStart = 1)
    {
        var catalog = WorldNames.Catalog(weekStart: weekStart);
        var filter = FilterParser.Parse(text, catalog);
        FilterValidator.Validate(filter, catalog).ThrowIfAny();
        var compiled = FilterSql.Compile(filter, new FilterContext(catalog, s_now.ToDateTimeOffset())
        {
            FindSegment = id => id == WorldNames.Engaged ? FilterParser.Parse("has tag \"Hot Lead\"", catalog) : null,
        });
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
        await WorldLoader.LoadAsync(connection, new World(1, "Europe/Berlin", 1, [First(), Second(), Third(), Fourth(), Fifth()], new HashSet<(int, string)> { (1, "e@example.org") }));
    }

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    // Everything is set; the times are exactly those of the edges.
    private static WorldContact First()
    {
        var contact = Contact(1, "Rural", 5m, new LocalDate(2000, 2, 29), s_now - Duration.FromDays(7), true);
        (contact.Fields[16], contact.Fields[17]) = ("Gold", new[] { "Tea", "Coffee" });
        contact.Tags.UnionWith([1, 4]);
        contact.TagChanges.Add(new WorldTagChange(1, true, s_now - Duration.FromDays(7), InBulk: false));
        contact.Activities.Add(new WorldActivity(3, 1, s_now - Duration.FromDays(7), WorldNames.Spring, null));
        contact.Activities.Add(new WorldActivity(5, 1, s_now - Duration.FromDays(2), null, null) { Bounce = 1 });
        contact.Opportunities.Add(new WorldOpportunity("A", 1, 3, 2, 100m, null, new LocalDate(2017, 12, 31), s_now));
        contact.Opportunities.Add(new WorldOpportunity("B", 2, 5, 1, 5000m, null, null, s_now));
        return contact;
    }

    // Zero, false and an empty list are there; a click without an open.
    private static WorldContact Second()
    {
        var contact = Contact(2, "rural", 0m, new LocalDate(2026, 11, 23), s_now, false);
        contact.Fields[17] = Array.Empty<string>();
        contact.Activities.AddRange(new[] { "https://example.org/Pricing?a=1", "https://example.org/big%20sale", null }
            .Select(link => new WorldActivity(4, 1, s_now - Duration.FromDays(1), null, null) { Link = link }));
        contact.TagChanges.Add(new WorldTagChange(2, true, s_now - Duration.FromDays(1), InBulk: true));
        contact.TagChanges.Add(new WorldTagChange(2, false, s_now - Duration.FromHours(1), InBulk: true));
        contact.Opportunities.Add(new WorldOpportunity("C", 1, 3, 2, null, null, null, s_now));
        contact.EmailConsent = 3;
        return contact;
    }

    // Nothing is set.
    private static WorldContact Third()
    {
        var contact = Contact(3, "", 0m, default, default, null);
        contact.Fields.Clear();
        contact.Activities.Add(new WorldActivity(5, 1, s_now - Duration.FromDays(2), null, null));
        return contact;
    }

    // White space only; its events are in the future.
    private static WorldContact Fourth()
    {
        var contact = Contact(4, " \t ", 1.50m, new LocalDate(1999, 2, 28), s_now + Duration.FromHours(1), null);
        contact.Tags.Add(2);
        contact.Activities.AddRange(Enumerable.Range(1, 2).Select(day => new WorldActivity(5, 1, s_now - Duration.FromDays(day), null, null) { Bounce = 2 }));
        contact.Activities.Add(new WorldActivity(3, 1, s_now + Duration.FromHours(1), null, null));
        return contact;
    }

    // Characters that mean something elsewhere; far to the east, where it is tomorrow already.
    private static WorldContact Fifth()
    {
        var contact = Contact(5, "100%_a.b\\", 12.345m, new LocalDate(1990, 11, 24), s_now - Duration.FromHours(11), null);
        contact.Texts["time_zone"] = "Pacific/Kiritimati";
        contact.Texts["email"] = "E@example.org";
        contact.Tags.Add(3);
        contact.Activities.Add(new WorldActivity(9, 0, s_now - Duration.FromDays(2), null, "Webinar Attended"));
        contact.Activities.AddRange(Enumerable.Range(1, 3).Select(day => new WorldActivity(3, 1, s_now - Duration.FromDays(day), null, null)));
        return contact;
    }

    private static WorldContact Contact(int id, string plan, decimal score, LocalDate birthDay, Instant seen, bool? active)
    {
        var contact = new WorldContact(id) { Created = s_now, Updated = s_now };
        foreach (var name in new[] { "external_id", "email", "phone", "first_name", "last_name", "language", "time_zone" })
        {
            contact.Texts[name] = null;
        }

        (contact.Fields[11], contact.Fields[12], contact.Fields[13], contact.Fields[14], contact.Fields[15]) = (plan, score, birthDay, seen, active);
        return contact;
    }
}
