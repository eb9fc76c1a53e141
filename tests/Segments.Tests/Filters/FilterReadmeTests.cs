using System.Text.RegularExpressions;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>Every example of the README is read, printed and executed, and together they show every kind of clause.</summary>
public sealed partial class FilterReadmeTests
{
    private static readonly FilterCatalog s_catalog = new()
    {
        AccountId = 1,
        TagItems = [new(1, "Hot Lead"), new(2, "VIP"), new(3, "Partner")],
        SegmentItems = [new(WorldNames.Engaged, "Engaged")],
        CampaignItems = [new(WorldNames.Spring, "Spring")],
        Pipelines = ["Sales"],
        Stages = ["Qualified Lead", "Won"],
        ContactCustomFields =
        [
            new("country", FieldType.Text, 1),
            new("score", FieldType.Number, 2),
            new("birthday", FieldType.Date, 3),
            new("signup", FieldType.DateTime, 4),
            new("newsletter", FieldType.Boolean, 5),
            new("tier", FieldType.SingleChoice, 6) { Choices = ["Gold", "Silver"] },
            new("interests", FieldType.MultipleChoice, 7) { Choices = ["Tea", "Coffee"] },
        ],
        OpportunityCustomFields = [new("product", FieldType.Text, 8), new("due", FieldType.Date, 9)],
    };

    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(Repository.Root, "services/Segments/README.md"));

    [Fact]
    public async Task Every_example_runs_on_PostgreSQL()
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.RoleConnectionString("segments"));
        var context = new FilterContext(s_catalog, DateTimeOffset.UnixEpoch) { FindSegment = _ => new Filter { Everyone = new EveryoneClause() } };
        foreach (var example in Examples())
        {
            var filter = FilterParser.Parse(example, s_catalog);
            FilterValidator.Validate(filter, s_catalog).ThrowIfAny();
            var compiled = FilterSql.Compile(filter, context);
            Assert.Empty(await connection.QueryAsync<int>(
                $"SELECT c.contact_id FROM crm.segment_contacts c WHERE c.account_id = @account AND ({compiled.Text})", compiled.Parameters));
            Assert.Equal(filter, FilterParser.Parse(FilterPrinter.Print(filter, s_catalog), s_catalog));
        }
    }

    [Fact]
    public void Other_ways_of_writing_are_read_as_it_says()
    {
        var pairs = Rows().Select(row => TwoCodes().Match(row)).Where(match => match.Success).ToList();

        Assert.True(pairs.Count >= 10, $"only {pairs.Count} pairs");
        Assert.All(pairs, pair => Assert.Equal(pair.Groups[2].Value, FilterPrinter.Print(FilterParser.Parse(pair.Groups[1].Value, s_catalog), s_catalog)));
    }

    [Fact]
    public void The_examples_show_every_predicate_and_operator()
    {
        var filters = Examples().SelectMany(example => FilterTree.Walk(FilterParser.Parse(example, s_catalog))).Select(node => node.Filter).ToList();
        var fields = filters.Where(f => f.Field is not null).Select(f => f.Field)
            .Concat(filters.Where(f => f.Opportunity is not null).SelectMany(f => f.Opportunity.Conditions)).ToList();

        Assert.Empty(Enum.GetValues<Filter.KindOneofCase>().Where(kind => kind != 0).Except(filters.Select(f => f.KindCase)));
        Assert.Empty(Enum.GetValues<Operator>().Where(o => o != 0).Except(fields.Select(f => f.Operator)));
        Assert.Empty(Enum.GetValues<ActivityClause.Types.Kind>().Where(k => k != 0).Except(filters.Where(f => f.Activity is not null).Select(f => f.Activity.Kind)));
        Assert.Empty(Enum.GetValues<ConsentClause.Types.State>().Where(s => s != 0).Except(filters.Where(f => f.Consent is not null).Select(f => f.Consent.State)));
        Assert.Empty(Enum.GetValues<TimeWindow.KindOneofCase>().Where(k => k != 0).Except(fields.Where(f => f.Window is not null).Select(f => f.Window.KindCase)));
    }

    private static List<string> Examples()
    {
        var examples = Rows().Select(row => FirstCode().Match(row)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();
        Assert.True(examples.Count >= 80, $"only {examples.Count} examples");
        return examples;
    }

    // Tables of other sections show other things than filters.
    private static IEnumerable<string> Rows() => s_lines
        .SkipWhile(line => line != "## The filter language")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex FirstCode();

    [GeneratedRegex(@"^\| `([^`]+)` \| `([^`]+)` \|$")]
    private static partial Regex TwoCodes();
}
