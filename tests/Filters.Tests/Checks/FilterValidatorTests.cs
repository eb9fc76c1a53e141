using Crm.Segments.V1;
using TagSegments.Filters.Checks;
using TagSegments.Testing.Oracle;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Tests.Checks;

public sealed class FilterValidatorTests
{
    // Field 77 with nothing in it, which no message has.
    private static readonly byte[] s_unknownField = [0xEA, 0x04, 0x00];
    private static readonly string s_loneSurrogate = new('\uD800', 1);

    public static TheoryData<string, string, Filter> Refused()
    {
        var data = new TheoryData<string, string, Filter>
        {
            { "filter.kind", "must be set", new Filter() },
            { "filter.kind", "not known here", ClauseSamples.Unknown },
            { "filter.negated.kind", "not known here", new Filter { Negated = ClauseSamples.Unknown } },
            { "filter.consent", "field that is not known here", new Filter { Consent = ConsentClause.Parser.ParseFrom([0x10, 0x02, .. s_unknownField]) } },
            { "filter.negated.consent", "field that is not known here", new Filter { Negated = new Filter { Consent = ConsentClause.Parser.ParseFrom([0x10, 0x02, .. s_unknownField]) } } },
            { "filter", "group with a field", new Filter { AllOf = new FilterGroup(FilterGroup.Parser.ParseFrom(s_unknownField)) { Filters = { new Filter { Everyone = new EveryoneClause() } } } } },
            { "filter.all_of.filters", "must not be empty", new Filter { AllOf = new FilterGroup() } },
            { "filter.any_of.filters", "must not be empty", new Filter { AnyOf = new FilterGroup() } },
            { "filter.negated.kind", "must be set", new Filter { Negated = new Filter() } },
            { "filter.tag.match", "must be set", new Filter { Tag = new TagClause { TagIds = { 1 } } } },
            { "filter.tag.match", "not a known value", new Filter { Tag = new TagClause { Match = (TagClause.Types.Match)77, TagIds = { 1 } } } },
            { "filter.tag.tag_ids", "must not be empty", new Filter { Tag = new TagClause { Match = TagClause.Types.Match.All } } },
            { "filter.tag.tag_ids[1]", "number of a tag", new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { 1, 0 } } } },
            { "filter.tag.name_prefix", "together", new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { 1 }, NamePrefix = "a" } } },
            { "filter.tag_added.window", "required", new Filter { TagAdded = new TagAddedClause { TagId = 1 } } },
            { "filter.consent.state", "must be set", new Filter { Consent = new ConsentClause() } },
            { "filter.consent.channel", "not a known channel", new Filter { Consent = new ConsentClause { Channel = (Crm.Common.V1.Channel)9, State = ConsentClause.Types.State.Never } } },
            { "filter.segment.segment_id", "id of a segment", new Filter { Segment = new SegmentClause { SegmentId = "x" } } },
            { "filter.activity.event_name", "required", new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Custom } } },
            { "filter.activity.quantity.at_least", "at least 1", new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Sent, Quantity = new Quantity { AtLeast = 0 } } } },
            { "filter.activity.quantity", "at_least or at_most", new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Sent, Quantity = new Quantity() } } },
            { "filter.activity.properties", "custom events only", new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Properties = { Property("a", Operator.IsEmpty) } } } },
            { "filter.activity.property_sum", "custom events only", new Filter { Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, PropertySum = Sum("a", Operator.Less, "1") } } },
            { "filter.activity.property_sum", "together with quantity", Event(new ActivityClause { PropertySum = Sum("a", Operator.Less, "1"), Quantity = new Quantity { AtLeast = 1 } }) },
            { "filter.activity.property_sum.name", "1 to 200 characters", Event(new ActivityClause { PropertySum = Sum("", Operator.Less, "1") }) },
            { "filter.activity.property_sum.sum.operator", "comparison of numbers", Event(new ActivityClause { PropertySum = new PropertySum { Name = "a" } }) },
            { "filter.activity.property_sum.sum.values[0]", "plain decimal", Event(new ActivityClause { PropertySum = Sum("a", Operator.Less, "much") }) },
            { "filter.activity.properties[0].name", "1 to 200 characters", Event(Property("", Operator.IsEmpty)) },
            { "filter.activity.properties[0].name", "1 to 200 characters", Event(Property(new string('x', 201), Operator.IsEmpty)) },
            { "filter.activity.properties[0].name", "NUL", Event(Property("a\0b", Operator.IsEmpty)) },
            { "filter.activity.properties[0].operator", "must be a comparison, a list", Event(Property("a", Operator.Unspecified)) },
            { "filter.activity.properties[0].operator", "must be a comparison, a list", Event(Property("a", Operator.HasAny, Texts("x"))) },
            { "filter.activity.properties[0].operator", "must be a comparison, a list", Event(Property("a", Operator.InWindow)) },
            { "filter.activity.properties[0].operator", "must be a comparison, a list", Event(Property("a", (Operator)77)) },
            { "filter.activity.properties[0].operator", "does not apply to values of type text", Event(Property("a", Operator.Less, Texts("x"))) },
            { "filter.activity.properties[0].operator", "does not apply to values of type number", Event(Property("a", Operator.Contains, new PropertyValue { Number = "1" })) },
            { "filter.activity.properties[0].values[1]", "same type as the first value, which is number", Event(Property("a", Operator.In, new PropertyValue { Number = "1" }, new PropertyValue { Text = "x" })) },
            { "filter.activity.properties[0].values[0]", "must be set", Event(Property("a", Operator.Equals, new PropertyValue())) },
            { "filter.activity.properties[0].values[0]", "plain decimal", Event(Property("a", Operator.Equals, new PropertyValue { Number = "NaN" })) },
            { "filter.activity.properties[0].values[0]", "must be a day", Event(Property("a", Operator.Equals, new PropertyValue { Date = "2026-02-30" })) },
            { "filter.activity.properties[0].values[0]", "must be a time", Event(Property("a", Operator.Equals, new PropertyValue { Time = "today" })) },
            { "filter.activity.properties[0].values", "exactly two", Event(Property("a", Operator.Between, new PropertyValue { Number = "1" })) },
            { "filter.activity.properties[0].values", "not hold more than", Event(Property("a", Operator.In, Texts([.. Enumerable.Repeat("a", 10_001)]))) },
            { "filter.activity.properties[0].and_is_set", "negative", Event(new PropertyCondition { Name = "a", Operator = Operator.IsEmpty, AndIsSet = true }) },
            { "filter.activity.properties[1].name", "1 to 200 characters", Event(Property("a", Operator.IsEmpty), Property("", Operator.IsEmpty)) },
            { "filter", "more than 1,000 clauses", Event([.. Enumerable.Repeat(Property("a", Operator.IsEmpty), 1_000)]) },
            { "filter.activity.link", "clicks only", Activity(ActivityClause.Types.Kind.Opened, Link(Operator.Equals, "x")) },
            { "filter.activity.link.field", "must not be set", Activity(ActivityClause.Types.Kind.Clicked, new FieldClause(Link(Operator.Equals, "x")) { Field = new FieldRef { FieldId = 11 } }) },
            { "filter.activity.link.operator", "comparison of texts", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.Less, "x")) },
            { "filter.activity.link.operator", "comparison of texts", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.InWindow)) },
            { "filter.activity.link.operator", "comparison of texts", Activity(ActivityClause.Types.Kind.Clicked, new FieldClause()) },
            { "filter.activity.link.values", "exactly one", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.Contains)) },
            { "filter.activity.link.values", "must not be empty", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.In)) },
            { "filter.activity.link.values[0]", "use is empty", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.Contains, "")) },
            { "filter.activity.link.values[1]", "use is empty", Activity(ActivityClause.Types.Kind.Clicked, Link(Operator.In, "x", " ")) },
            { "filter.activity.link.and_is_set", "negative", Activity(ActivityClause.Types.Kind.Clicked, new FieldClause(Link(Operator.Contains, "x")) { AndIsSet = true }) },
            { "filter.activity.bounce", "bounces only", Activity(ActivityClause.Types.Kind.Clicked, null, ActivityClause.Types.Bounce.Hard) },
            { "filter.activity.bounce", "not a known value", Activity(ActivityClause.Types.Kind.Bounced, null, (ActivityClause.Types.Bounce)3) },
            { "filter.opportunity.amount_sum", "together", new Filter { Opportunity = new OpportunityClause { Quantity = new Quantity { AtLeast = 1 }, AmountSum = new AmountSum { Operator = Operator.Less, Values = { "1" } } } } },
            { "filter.opportunity.conditions[0].field.attribute", "not an attribute", new Filter { Opportunity = new OpportunityClause { Conditions = { new FieldClause { Field = new FieldRef { Attribute = "email" }, Operator = Operator.IsEmpty } } } } },
            { "filter.field.field", "must be set", new Filter { Field = new FieldClause { Operator = Operator.IsEmpty } } },
            { "filter.field.field.attribute", "did you mean email", Attribute("e-mail", Operator.IsEmpty) },
            { "filter.field.operator", "must be set", Custom(11, Operator.Unspecified) },
            { "filter.field.operator", "does not apply to plan, which is of type text", Custom(11, Operator.Less, "1") },
            { "filter.field.operator", "does not apply", Custom(17, Operator.Equals, "Tea") },
            { "filter.field.values", "must not be empty", Custom(11, Operator.In) },
            { "filter.field.values", "exactly one", Custom(11, Operator.Equals, "a", "b") },
            { "filter.field.values", "exactly two", Custom(12, Operator.Between, "1") },
            { "filter.field.values", "must be empty", Custom(12, Operator.IsEmpty, "1") },
            { "filter.field.values[1]", "less than the first", Custom(12, Operator.Between, "2", "1") },
            { "filter.field.values", "not hold more than", Custom(11, Operator.In, [.. Enumerable.Repeat("a", 10_001)]) },
            { "filter.field.values[0]", "use is empty", Custom(11, Operator.Equals, " ") },
            { "filter.field.values[0]", "longer than", Custom(11, Operator.Equals, new string('ä', 32_769)) },
            { "filter.field.values[0]", "NUL", Custom(11, Operator.Contains, "a\0b") },
            { "filter.field.values[0]", "lone surrogates", Custom(11, Operator.Contains, s_loneSurrogate) },
            { "filter.field.values[0]", "not a choice of tier; did you mean Gold", Custom(16, Operator.Equals, "Godl") },
            { "filter.field.values[0]", "true or false", Custom(15, Operator.Equals, "yes") },
            { "filter.field.and_is_set", "negative", new Filter { Field = new FieldClause { Field = new FieldRef { FieldId = 11 }, Operator = Operator.IsEmpty, AndIsSet = true } } },
            { "filter.field.window", "calendar days", new Filter { Field = new FieldClause { Field = new FieldRef { FieldId = 13 }, Operator = Operator.Anniversary, Window = Last(1, TimeUnit.Day) } } },
        };
        foreach (var number in new[] { "NaN", "Infinity", "-Infinity", "1e5", "", "1,5", "0x1", "--1", "1.2.3", "12345678901234567890123456789", "0.12345678901234567890123456789" })
        {
            data.Add("filter.field.values[0]", "plain decimal", Custom(12, Operator.Equals, number));
        }

        foreach (var day in new[] { "0000-01-01", "10000-01-01", "2026-02-29", "2026-13-01", "26-01-01", "2026-11-23T10:00:00Z" })
        {
            data.Add("filter.field.values[0]", "must be a day", Custom(13, Operator.Equals, day));
        }

        AddWindows(data);
        return data;
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses_with_the_path_of_the_clause(string path, string problem, Filter filter)
    {
        var problems = FilterValidator.Validate(filter, WorldNames.Catalog());

        Assert.Contains(problems.Violations, violation => violation.Field == path && violation.Description.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_the_place_of_a_clause_within_its_groups()
    {
        var everyone = new Filter { Everyone = new EveryoneClause() };
        var filter = new Filter { AllOf = new FilterGroup { Filters = { everyone, new Filter { Negated = new Filter { AnyOf = new FilterGroup { Filters = { everyone, everyone, Custom(12, Operator.In, "1", "x") } } } } } } };

        Assert.Equal("filter.all_of.filters[1].negated.any_of.filters[2].field.values[1]", Assert.Single(FilterValidator.Validate(filter, WorldNames.Catalog()).Violations).Field);
    }

    [Fact]
    public void Accepts_the_limits_and_refuses_one_more()
    {
        var catalog = WorldNames.Catalog();
        Filter Deep(int levels) => levels == 1 ? new Filter { Everyone = new EveryoneClause() } : new Filter { Negated = Deep(levels - 1) };
        Filter Wide(int clauses) => new() { AnyOf = new FilterGroup { Filters = { Enumerable.Repeat(Deep(1), clauses) } } };

        Assert.True(FilterValidator.Validate(Deep(32), catalog).IsEmpty);
        Assert.True(FilterValidator.Validate(Deep(33), catalog).IsTooLarge);
        Assert.True(FilterValidator.Validate(Deep(5_000), catalog).IsTooLarge);
        Assert.True(FilterValidator.Validate(Wide(1_000), catalog).IsEmpty);
        Assert.True(FilterValidator.Validate(Wide(1_001), catalog).IsTooLarge);
        Assert.True(FilterValidator.Validate(Custom(11, Operator.In, [.. Enumerable.Repeat("a", 10_000)]), catalog).IsEmpty);
    }

    [Fact]
    public void Reports_what_is_gone_apart_from_what_is_wrong()
    {
        var filter = new Filter
        {
            AllOf = new FilterGroup
            {
                Filters =
                {
                    new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { 1, 9 } } },
                    Custom(19, Operator.Equals, "x"),
                    new Filter { Opportunity = new OpportunityClause { Conditions = { new FieldClause { Field = new FieldRef { Attribute = "stage" }, Operator = Operator.Equals, Values = { "Lost" } } } } },
                    new Filter { Segment = new SegmentClause { SegmentId = WorldNames.Engaged.Replace('a', 'b') } },
                },
            },
        };

        var problems = FilterValidator.Validate(filter, WorldNames.Catalog());

        Assert.Empty(problems.Violations);
        Assert.Equal(
            ["tag 9 filter.all_of.filters[0].tag.tag_ids[1]", "field 19 filter.all_of.filters[1].field.field.field_id", "stage Lost filter.all_of.filters[2].opportunity.conditions[0].values[0]"],
            problems.Missing.Take(3).Select(missing => $"{missing.Resource} {missing.Id} {missing.Path}"));
        Assert.Equal("segment", problems.Missing[3].Resource);
    }

    private static void AddWindows(TheoryData<string, string, Filter> data)
    {
        Filter Seen(TimeWindow window) => new() { Field = new FieldClause { Field = new FieldRef { FieldId = 14 }, Operator = Operator.InWindow, Window = window } };
        data.Add("filter.field.window.kind", "must be set", Seen(new TimeWindow()));
        data.Add("filter.field.window.last.count", "must be 1 to", Seen(Last(0, TimeUnit.Day)));
        data.Add("filter.field.window.last.count", "must be 1 to", Seen(Last(100_001, TimeUnit.Day)));
        data.Add("filter.field.window.last.unit", "must be set", Seen(Last(1, TimeUnit.Unspecified)));
        data.Add("filter.field.window.calendar.unit", "day or longer", Seen(new TimeWindow { Calendar = new CalendarWindow { Unit = TimeUnit.Hour, Count = 1 } }));
        data.Add("filter.field.window.fixed", "start or an end", Seen(new TimeWindow { Fixed = new FixedWindow() }));
        data.Add("filter.field.window.fixed.until", "later than the start", Seen(new TimeWindow { Fixed = new FixedWindow { From = "2026-01-02", Until = "2026-01-02" } }));
        data.Add("filter.field.window.fixed.from", "must be a day", Seen(new TimeWindow { Fixed = new FixedWindow { From = "soon" } }));
        data.Add("filter.field.window.zone", "not an IANA time zone", Seen(new TimeWindow { Last = new Period { Count = 1, Unit = TimeUnit.Day }, Zone = "Mars/Olympus" }));
    }

    private static TimeWindow Last(int count, TimeUnit unit) => new() { Last = new Period { Count = count, Unit = unit } };

    private static Filter Custom(int field, Operator comparison, params string[] values) =>
        new() { Field = new FieldClause { Field = new FieldRef { FieldId = field }, Operator = comparison, Values = { values } } };

    private static FieldClause Link(Operator comparison, params string[] values) => new() { Operator = comparison, Values = { values } };

    private static Filter Activity(ActivityClause.Types.Kind kind, FieldClause? link, ActivityClause.Types.Bounce bounce = 0) =>
        new() { Activity = new ActivityClause { Kind = kind, Link = link, Bounce = bounce } };

    private static Filter Attribute(string name, Operator comparison) =>
        new() { Field = new FieldClause { Field = new FieldRef { Attribute = name }, Operator = comparison } };

    private static Filter Event(params PropertyCondition[] properties) => Event(new ActivityClause { Properties = { properties } });

    private static Filter Event(ActivityClause clause) =>
        new() { Activity = new ActivityClause(clause) { Kind = ActivityClause.Types.Kind.Custom, EventName = "Purchase" } };

    private static PropertyCondition Property(string name, Operator comparison, params PropertyValue[] values) =>
        new() { Name = name, Operator = comparison, Values = { values } };

    private static PropertyValue[] Texts(params string[] texts) => [.. texts.Select(text => new PropertyValue { Text = text })];

    private static PropertySum Sum(string name, Operator comparison, params string[] values) =>
        new() { Name = name, Sum = new AmountSum { Operator = comparison, Values = { values } } };
}
