using Crm.Segments.V1;
using CsCheck;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Preview;
using TagSegments.Segments.Sql;
using TagSegments.Testing.Oracle;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>The key of a leaf identifies its SQL: the answer kept under a key is the answer to every leaf with that key.</summary>
public sealed class LeafKeyTests
{
    private static readonly Instant s_now = Instant.FromUtc(2026, 11, 23, 10, 20);

    // From the same microsecond to another month: windows keep their ends for a while, or move with now.
    private static readonly Duration[] s_later =
        [Duration.Zero, Duration.FromMinutes(1), Duration.FromHours(5), Duration.FromHours(20), Duration.FromDays(3), Duration.FromDays(40)];

    [Fact]
    public void Leaves_with_one_key_compile_to_the_same_sql_with_the_same_parameters() =>
        Gen.Select(Gen.Int, Gen.Int[0, s_later.Length - 1], Gen.Int[0, s_catalogs.Length - 1]).Sample(
            (seed, later, other) =>
            {
                var random = new Random(seed);
                var filters = new FilterGenerator(random, s_catalogs[0], s_now);
                List<Filter> clauses = [.. Enumerable.Range(0, 4).SelectMany(_ => Positive(filters.Clause()))];
                var leaves = clauses.SelectMany(clause => Leaves(clause, s_catalogs[0], s_now))
                    .Concat(clauses.SelectMany(clause => Leaves(clause, s_catalogs[other], s_now + s_later[later])))
                    .ToList();
                var statements = leaves.ToLookup(leaf => leaf.Key, leaf => leaf.Statement);
                Assert.All(statements, same => Assert.Single(same.Distinct()));
            },
            iter: 2_000);

    [Fact]
    public void A_kept_leaf_has_its_key_for_as_long_as_it_compiles_to_the_same_sql() =>
        Gen.Select(Gen.Int, Gen.Int[0, s_later.Length - 1]).Sample(
            (seed, later) =>
            {
                var clauses = Positive(new FilterGenerator(new Random(seed), s_catalogs[0], s_now).Clause());
                foreach (var clause in clauses.Where(clause => !HasAnniversary(clause)))
                {
                    foreach (var (one, another) in Leaves(clause, s_catalogs[0], s_now).Zip(Leaves(clause, s_catalogs[0], s_now + s_later[later])))
                    {
                        Assert.Equal(one.Statement == another.Statement, one.Key == another.Key);
                    }
                }
            },
            iter: 2_000);

    [Theory]
    [InlineData("plan = \"a\"", "plan = \"b\"")]
    [InlineData("plan in (\"a\", \"b\")", "plan in (\"a\\\", \\\"b\")")]
    [InlineData("opened email at least 2 times", "opened email at least 3 times")]
    [InlineData("clicked email", "clicked email (link contains \"a\")")]
    [InlineData("clicked email (link contains \"a\")", "clicked email (link contains \"b\")")]
    [InlineData("bounced email (hard)", "bounced email (soft)")]
    [InlineData("[birth day] today", "[birth day] yesterday")]
    [InlineData("[birth day] today", "[birth day] today in contact zone")]
    [InlineData("seen today", "seen today in contact zone")]
    [InlineData("has opportunity (renewed more than 7 days ago)", "has opportunity (stage_since more than 7 days ago)")]
    [InlineData("has opportunity (renewed more than 7 days ago AND amount > 5)", "has opportunity (renewed more than 7 days ago AND amount > 6)")]
    public void Different_questions_have_different_keys(string one, string another) =>
        Assert.Empty(Keys(one).Intersect(Keys(another)));

    [Fact]
    public void A_phone_number_is_another_question_in_another_country()
    {
        var clause = FilterParser.Parse("phone = \"0660 1234567\"", s_catalogs[0]);

        Assert.Empty(Leaves(clause, WorldNames.Catalog(country: "AT"), s_now).Select(leaf => leaf.Key)
            .Intersect(Leaves(clause, WorldNames.Catalog(country: "DE"), s_now).Select(leaf => leaf.Key)));
    }

    [Theory]
    [InlineData("opened email in last 7 days", "opened email in last 30 days")]
    [InlineData("opened email", "opened email in last 30 days")]
    [InlineData("clicked email (link contains \"a\")", "clicked email (link contains \"a\") in last 30 days")]
    [InlineData("seen in last 7 days", "seen in next 3 months")]
    [InlineData("seen today", "seen yesterday in zone \"Asia/Tokyo\"")]
    [InlineData("has opportunity (renewed in last 7 days)", "has opportunity (renewed in last 8 days)")]
    public void Windows_that_are_laid_over_the_same_times_share_their_key(string one, string another) =>
        Assert.Equal(Keys(one)[0], Keys(another)[0]);

    // The same field numbers mean other things in each.
    private static readonly FilterCatalog[] s_catalogs =
    [
        WorldNames.Catalog(),
        WorldNames.Catalog(),
        WorldNames.Catalog(zone: "America/New_York"),
        WorldNames.Catalog(weekStart: 7),
        WorldNames.Catalog(country: "AT"),
        Retyped(FieldType.DateTime),
        Retyped(FieldType.Text),
    ];

    private static string[] Keys(string text) =>
        [.. Positive(FilterParser.Parse(text, s_catalogs[0])).SelectMany(clause => Leaves(clause, s_catalogs[0], s_now)).Select(leaf => leaf.Key)];

    private static FilterCatalog Retyped(FieldType type) => new()
    {
        AccountId = 1,
        TimeZone = "Europe/Berlin",
        TagItems = WorldNames.Catalog().TagItems,
        CampaignItems = WorldNames.Catalog().CampaignItems,
        ContactCustomFields = [.. WorldNames.ContactFields.Select(field => field.Type == FieldType.MultipleChoice ? field : field with { Type = type })],
        OpportunityCustomFields = [.. WorldNames.OpportunityFields.Select(field => field with { Type = type })],
        Pipelines = WorldNames.Catalog().Pipelines,
        Stages = WorldNames.Catalog().Stages,
    };

    // Half of the moments are before some recorded activity, so the SQL has to exclude later activity.
    private static IEnumerable<(string Key, string Statement)> Leaves(Filter clause, FilterCatalog catalog, Instant now)
    {
        if (!FilterValidator.Validate(clause, catalog).IsEmpty)
        {
            return [];
        }

        return new[] { DateTime.MinValue, DateTime.MaxValue }.SelectMany(latest =>
        {
            var context = new FilterContext(catalog, now.ToDateTimeOffset()) { LatestActivity = latest };
            var use = new LeafReader(context).Read(clause);
            return new[] { use.Leaf, use.Instead }.OfType<Leaf>().Select(leaf => (leaf.Key, Statement(leaf, context)));
        });
    }

    private static string Statement(Leaf leaf, FilterContext context)
    {
        var compiled = FilterSql.CompileLeaves([leaf], context);
        return $"{leaf.Value}\n{compiled.Text}\n" + string.Join('\n', compiled.Parameters.Values.Select(parameter =>
            $"{parameter.Name}: {(parameter.Value is Array list ? $"[{string.Join('\u0001', list.Cast<object>())}]" : parameter.Value is DateTime time ? time.Ticks : parameter.Value)}"));
    }

    // Different spans of days can have the same days of the year.
    private static bool HasAnniversary(Filter clause) =>
        (clause.Opportunity?.Conditions ?? []).Append(clause.Field ?? new FieldClause()).Any(field => field.Operator == Operator.Anniversary);

    private static IEnumerable<Filter> Positive(Filter clause)
    {
        var positive = clause.KindCase is Filter.KindOneofCase.Tag or Filter.KindOneofCase.Segment ? [] : FilterTree.Walk(PositiveForm.Of(clause));
        return positive.Select(node => node.Filter).Where(node => node.KindCase is not
            (Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf or Filter.KindOneofCase.Negated or Filter.KindOneofCase.Everyone));
    }
}
