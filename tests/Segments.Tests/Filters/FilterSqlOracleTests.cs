using Crm.Segments.V1;
using Dapper;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>Random filters over random accounts: the compiled SQL on PostgreSQL and the oracle must agree on every contact.</summary>
public sealed class FilterSqlOracleTests(ITestOutputHelper output)
{
    private const int TreesPerMoment = 130;

    // A usual day, a leap day, the hours that a zone skips and repeats, the turn of the year.
    private static readonly string[] s_moments =
        ["2026-11-23T10:20:30.123456Z", "2024-02-29T23:30:00Z", "2026-03-29T01:30:00Z", "2026-11-01T05:30:00Z", "2025-12-31T23:00:00Z"];

    // Each is sure to show one mutant; random trees may miss a rare one.
    private static readonly string[] s_directed =
    [
        "plan != \"Rural\"",
        "plan is empty",
        "seen in last 7 days OR created in last 7 days OR updated in last 7 days",
        "opened email OR clicked email OR was sent email",
        "seen today in contact zone OR created yesterday in contact zone OR updated this week in contact zone",
        "seen yesterday OR created this month OR updated in last 3 full days",
        "has opportunity (stage = \"Won\" AND amount > 500)",
        "first_name = \"Rural\"",
        "first_name = \"RURAL\" ignoring case",
        "score = 1234567890123456789012345679",
        "has all tags (\"VIP\", \"vip\")",
        "anniversary of [birth day] is on 2027-02-28",
        "first_name contains \"a%b\" OR last_name contains \"a%b\" OR phone contains \"a%b\" OR email contains \"a%b\"",
        "email = \"ann@example.com\" OR phone = \"+43 660 1234567\"",
        "suppressed for sms",
        "did \"Webinar Attended\" (total >= 0 AND vip = true) OR did \"Say \\\"Hi\\\"\" (total >= 0 AND vip = true)",
        "did \"Webinar Attended\" (total >= 0)",
        "did \"Webinar Attended\" (due is not empty AND [seen at] is not empty AND category is not empty)",
        "clicked email (link contains \"Rural\")",
        "bounced email (hard)",
        "bounced email (soft)",
        "plan in (\"straße\", \"ΣΊΣΥΦΟΣ\", \"kelvin\", \"SA\") ignoring case OR language contains \"DESERET\" ignoring case",
    ];

    [Fact]
    public async Task The_compiled_filter_agrees_with_the_oracle_and_every_mutant_is_caught()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var caught = new HashSet<Mutant>();
        var trees = 0;
        foreach (var (text, i) in s_moments.Select((text, i) => (text, i)))
        {
            trees += await CompareAsync(InstantPattern.ExtendedIso.Parse(text).Value, unchecked(seed + i), caught);
        }

        var missed = Enum.GetValues<Mutant>().Where(mutant => mutant != Mutant.None && !caught.Contains(mutant));
        output.WriteLine($"{trees} trees, {caught.Count} mutants caught");
        Assert.True(!missed.Any(), $"seed {seed}: not caught: {string.Join(", ", missed)}");
    }

    private static async Task<int> CompareAsync(Instant now, int seed, HashSet<Mutant> caught)
    {
        var random = new Random(seed);
        var generator = new WorldGenerator(random, now);
        var world = generator.World(1, weekStart: random.Next(1, 8)) with { Country = "AT" };
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync();
        await WorldLoader.LoadAsync(connection, world);
        // Another account has the same numbers and other data.
        await WorldLoader.LoadAsync(connection, generator.World(2));
        await connection.ExecuteAsync("SET tagsegments.account = 1");

        var catalog = WorldNames.Catalog(1, world.TimeZone, world.WeekStart, world.Country);
        var filters = new FilterGenerator(random, catalog, now);
        var segments = RandomSegments.Make(filters);
        var trees = s_directed.Select(text => FilterParser.Parse(text, catalog)).Concat(Enumerable.Range(0, TreesPerMoment).Select(_ => filters.Tree())).ToList();
        foreach (var filter in trees)
        {
            Assert.Empty(FilterValidator.Validate(filter, catalog).Violations);
            var context = new FilterContext(catalog, now.ToDateTimeOffset()) { FindSegment = segments.GetValueOrDefault };
            var actual = await MatchesAsync(connection, filter, context);
            int[] some = [1, 16_384, random.Next(2, 140)];
            Assert.Equal(actual.Intersect(some).Order(), await MatchesAsync(connection, filter, context, some));
            int[] Expected(Mutant mutant)
            {
                var oracle = new FilterOracle(world, now, segments.GetValueOrDefault, mutant);
                return [.. world.Contacts.Where(contact => oracle.Matches(filter, contact)).Select(contact => contact.Id)];
            }

            var expected = Expected(Mutant.None);
            Assert.True(expected.SequenceEqual(actual), Explain(seed, now, filter, catalog, expected, actual));
            caught.UnionWith(Enum.GetValues<Mutant>().Where(mutant => !caught.Contains(mutant) && !Expected(mutant).SequenceEqual(actual)));
        }

        return trees.Count;
    }

    private static async Task<int[]> MatchesAsync(NpgsqlConnection connection, Filter filter, FilterContext context, int[]? candidates = null)
    {
        var compiled = FilterSql.Compile(filter, candidates is null ? context : context.ForCandidates());
        compiled.Parameters.Add("candidates", candidates ?? []);
        var among = candidates is null ? "" : "AND c.contact_id = ANY(@candidates)";
        var sql = $"SELECT c.contact_id FROM crm.segment_contacts c WHERE c.account_id = @account AND {compiled.Text} {among} ORDER BY c.contact_id";
        return [.. await connection.QueryAsync<int>(sql, compiled.Parameters)];
    }

    private static string Explain(int seed, Instant now, Filter filter, FilterCatalog catalog, int[] expected, int[] actual) =>
        $"seed {seed}, now {now}: {FilterPrinter.Print(filter, catalog)}\nonly oracle: {string.Join(",", expected.Except(actual))}\nonly SQL: {string.Join(",", actual.Except(expected))}";
}
