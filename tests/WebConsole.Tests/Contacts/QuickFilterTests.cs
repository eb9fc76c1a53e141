using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.WebConsole.Pages.Contacts;
using Field = Crm.Contacts.V1.Field;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.WebConsole.Tests.Contacts;

/// <summary>The clause that a click at a value adds: it is met by the contacts with the value, or by all others.</summary>
public sealed class QuickFilterTests
{
    private static readonly Filter s_vip = new() { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { 5 } } };

    private static readonly ContactColumns s_columns = new(
    [
        new() { FieldId = 1, Key = "country", Type = Field.Types.Type.SingleChoice, Target = Field.Types.Target.Contact },
        new() { FieldId = 2, Key = "likes", Type = Field.Types.Type.MultipleChoice, Target = Field.Types.Target.Contact },
        new() { FieldId = 3, Key = "seen", Type = Field.Types.Type.DateTime, Target = Field.Types.Target.Contact },
        new() { FieldId = 4, Key = "margin", Type = Field.Types.Type.Number, Target = Field.Types.Target.Opportunity },
        new() { FieldId = 5, Key = "tags", Type = Field.Types.Type.Text, Target = Field.Types.Target.Contact },
    ]);

    [Fact]
    public void Columns_are_those_of_contacts_and_a_field_never_hides_one()
    {
        Assert.Contains("country", s_columns.All);
        Assert.DoesNotContain("margin", s_columns.All);
        Assert.Equal(5, s_columns.FieldOf("fields.tags")!.FieldId);
        Assert.Null(s_columns.FieldOf("tags"));
    }

    [Theory]
    [InlineData("country", false, Operator.Equals)]
    [InlineData("country", true, Operator.NotEquals)]
    [InlineData("likes", false, Operator.HasAny)]
    [InlineData("likes", true, Operator.HasNone)]
    public void A_value_is_compared_as_its_field_can_be(string column, bool exclude, Operator expected)
    {
        var clause = Clause(column, Value.ForString("AT"), exclude).Field;

        Assert.Equal((expected, "AT"), (clause.Operator, clause.Values.Single()));
    }

    [Fact]
    public void Without_a_value_it_asks_for_those_without_one()
    {
        Assert.Equal(Operator.IsEmpty, Clause("country", Value.ForNull(), exclude: false).Field.Operator);
        Assert.Equal(Operator.IsNotEmpty, Clause("seen", Value.ForNull(), exclude: true).Field.Operator);
    }

    [Fact]
    public void An_instant_stands_for_its_day()
    {
        var clause = Clause("seen", Value.ForString("2026-11-29T23:59:59.5+00:00"), exclude: true).Negated.Field;

        Assert.Equal(("2026-11-29", "2026-11-30", "UTC"), (clause.Window.Fixed.From, clause.Window.Fixed.Until, clause.Window.Zone));
    }

    [Fact]
    public void Tags_and_consents_have_clauses_of_their_own()
    {
        Assert.Equal(s_vip, Clause("tags", Value.ForString("VIP"), exclude: false));
        Assert.Equal(TagClause.Types.Match.None, Clause("tags", Value.ForString("VIP"), exclude: true).Tag.Match);
        Assert.Null(QuickFilter.Clause("tags", Value.ForString("gone"), false, s_columns, []));
        Assert.Equal(ConsentClause.Types.State.Subscribed, Clause("email_consent", Value.ForString("subscribed"), exclude: false).Consent.State);
        Assert.Equal(ConsentClause.Types.State.Never, Clause("sms_consent", Value.ForString("never"), exclude: true).Negated.Consent.State);
    }

    [Fact]
    public void A_clause_joins_those_that_all_have_to_be_met()
    {
        var country = Clause("country", Value.ForString("AT"), exclude: false);
        var either = new Filter { AnyOf = new() { Filters = { s_vip, country } } };

        Assert.Equal(s_vip, QuickFilter.And(new() { Everyone = new() }, s_vip));
        Assert.Equal([s_vip, country], QuickFilter.And(s_vip, country).AllOf.Filters);
        Assert.Equal([s_vip, country, s_vip], QuickFilter.And(QuickFilter.And(s_vip, country), s_vip).AllOf.Filters);
        Assert.Equal([either, s_vip], QuickFilter.And(either, s_vip).AllOf.Filters);
    }

    private static Filter Clause(string column, Value value, bool exclude) =>
        QuickFilter.Clause(column, value, exclude, s_columns, [new() { TagId = 5, Name = "VIP" }])!;
}
