using Crm.Segments.V1;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Testing.Oracle;

namespace TagSegments.Filters.Tests.Facts;

public sealed class ClauseFactsTests
{
    // The facts about each sample: data, cost, tags, fields, campaign, segment, windows, weight, whether time alone changes it.
    private static readonly string[] s_expected =
    [
        "everyone: None, Contacts, weighs 1",
        "all_of: None, Contacts, weighs 0",
        "any_of: None, Contacts, weighs 0",
        "negated: None, Contacts, weighs 0",
        "tag: Tags, Contacts, weighs 1, tags 3 2",
        "tag_added: TagLog, TagChanges, weighs 1, tags 3, 1 windows, changes with time",
        "field: Contact, Contacts, weighs 1, fields email",
        "field: Contact, Contacts, weighs 1, fields 14, 1 windows, changes with time",
        "activity: Activity, Events, weighs 1, campaign",
        "activity: Activity, Events, weighs 1, 1 windows, changes with time",
        "activity: Activity, Events, weighs 3",
        "activity: Activity, Events, weighs 1",
        "activity: Activity, Events, weighs 1, 1 windows, changes with time",
        "opportunity: Opportunities, Opportunities, weighs 1",
        "opportunity: Opportunities, Names, Opportunities, weighs 3, fields stage stage_since, 1 windows, changes with time",
        "consent: Contact, Contacts, weighs 1",
        "consent: Contact, Suppressions, Contacts, weighs 1, suppressions Sms",
        "segment: Segment, Contacts, weighs 1, segment, changes with time",
    ];

    [Fact]
    public void Every_kind_of_the_proto_says_what_it_is_about()
    {
        Assert.Equal(s_expected, ClauseSamples.All().Select(Describe));
        Assert.Equal(
            ClauseSamples.Kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal),
            ClauseSamples.All().Select(Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_kind_that_is_not_known_is_refused_by_all_who_read_it()
    {
        Assert.Throws<UnknownClauseException>(() => ClauseFacts.Of(ClauseSamples.Unknown));
        Assert.Throws<UnknownClauseException>(() => ClauseFacts.Of(new Filter()));
        Assert.Throws<UnknownClauseException>(() => FilterReferences.Of(new Filter { Negated = ClauseSamples.Unknown }));
        Assert.Throws<UnknownClauseException>(() => FilterPrinter.Print(ClauseSamples.Unknown, WorldNames.Catalog()));
    }

    [Fact]
    public void A_clause_in_the_contacts_zone_depends_on_the_contact()
    {
        var window = new TimeWindow { Calendar = new CalendarWindow { Unit = TimeUnit.Day, Count = 1 }, ContactZone = true };

        Assert.Equal(
            ClauseData.Activity | ClauseData.Contact,
            ClauseFacts.Of(new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Window = window } }).DependsOn);
    }

    [Fact]
    public void References_are_those_of_all_clauses_each_once()
    {
        var references = FilterReferences.Of(FilterTree.AllOf(ClauseSamples.All()));

        Assert.Equal([2, 3], references.TagIds);
        Assert.Equal([14], references.FieldIds);
        Assert.Equal([ClauseSamples.Campaign], references.CampaignIds);
        Assert.Equal([ClauseSamples.Segment], references.SegmentIds);
    }

    [Fact]
    public void An_edit_of_a_clause_keeps_its_subject()
    {
        var clauses = ClauseSamples.All().Where(filter => !FilterTree.IsGroup(filter)).ToList();

        Assert.All(clauses, clause => Assert.NotNull(ClauseFacts.Of(clause).Subject));
        Assert.Equal(
            ClauseFacts.Of(new Filter { TagAdded = new TagAddedClause { TagId = 3 } }).Subject,
            ClauseFacts.Of(clauses.Single(clause => clause.TagAdded is not null)).Subject);
    }

    private static string Name(Filter filter) => Filter.Descriptor.FindFieldByNumber((int)filter.KindCase).Name;

    private static string Describe(Filter filter)
    {
        var facts = ClauseFacts.Of(filter);
        var fields = facts.Conditions.Select(condition => condition.Clause.Field is { FieldId: > 0 } field ? $"{field.FieldId}" : condition.Clause.Field.Attribute);
        return $"{Name(filter)}: {facts.DependsOn}, {facts.Cost}, weighs {facts.Weight}"
            + (facts.TagIds.Count > 0 ? $", tags {string.Join(' ', facts.TagIds)}" : "")
            + (facts.Conditions.Count > 0 ? $", fields {string.Join(' ', fields)}" : "")
            + (facts.Suppressions is { } channel ? $", suppressions {channel}" : "")
            + (facts.CampaignId == ClauseSamples.Campaign ? ", campaign" : "")
            + (facts.SegmentId == ClauseSamples.Segment ? ", segment" : "")
            + (facts.Windows.Count > 0 ? $", {facts.Windows.Count} windows" : "")
            + (facts.ChangesWithTime ? ", changes with time" : "");
    }
}
