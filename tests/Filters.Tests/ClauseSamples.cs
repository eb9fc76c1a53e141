using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Filters.Tests;

/// <summary>Nodes of every kind that the proto knows.</summary>
internal static class ClauseSamples
{
    public const string Segment = "11111111-1111-1111-1111-111111111111";
    public const string Campaign = "22222222-2222-2222-2222-222222222222";

    /// <summary>The kinds of the proto, by the name of their field.</summary>
    public static IEnumerable<FieldDescriptor> Kinds => Filter.Descriptor.Oneofs.Single().Fields;

    /// <summary>A window of the last week.</summary>
    public static TimeWindow LastWeek => new() { Last = new Period { Count = 7, Unit = TimeUnit.Day } };

    /// <summary>A node of a kind that only a later version knows.</summary>
    public static Filter Unknown => Filter.Parser.ParseFrom((byte[])[0xEA, 0x04, 0x00]);

    /// <summary>Lists nodes, some kinds several times.</summary>
    public static IEnumerable<Filter> All()
    {
        var everyone = new Filter { Everyone = new EveryoneClause() };
        yield return everyone;
        yield return new Filter { AllOf = new FilterGroup { Filters = { everyone, everyone } } };
        yield return new Filter { AnyOf = new FilterGroup { Filters = { everyone } } };
        yield return new Filter { Negated = everyone };
        yield return new Filter { Tag = new TagClause { Match = Match.All, TagIds = { 3, 2 } } };
        yield return new Filter { TagAdded = new TagAddedClause { TagId = 3, Window = LastWeek } };
        yield return new Filter { Field = Field("email", Operator.IsEmpty) };
        yield return new Filter { Field = Field(14, Operator.InWindow, LastWeek) };
        yield return new Filter { Activity = new ActivityClause { Kind = Kind.Opened, Channel = Channel.Email, CampaignId = Campaign } };
        yield return new Filter { Activity = new ActivityClause { Kind = Kind.Custom, EventName = "Purchase", Window = LastWeek } };
        yield return new Filter
        {
            Activity = new ActivityClause
            {
                Kind = Kind.Custom,
                EventName = "Purchase",
                Properties =
                {
                    new PropertyCondition { Name = "total", Operator = Operator.Greater, Values = { new PropertyValue { Number = "100" } } },
                    new PropertyCondition { Name = "category", Operator = Operator.IsNotEmpty },
                },
                PropertySum = new PropertySum { Name = "total", Sum = new AmountSum { Operator = Operator.Less, Values = { "5" } } },
            },
        };
        yield return new Filter
        {
            Activity = new ActivityClause { Kind = Kind.Clicked, Channel = Channel.Email, Link = new FieldClause { Operator = Operator.Contains, Values = { "/" } } },
        };
        yield return new Filter
        {
            Activity = new ActivityClause { Kind = Kind.Bounced, Channel = Channel.Email, Bounce = ActivityClause.Types.Bounce.Hard, Window = LastWeek },
        };
        yield return new Filter { Opportunity = new OpportunityClause() };
        yield return new Filter
        {
            Opportunity = new OpportunityClause { Conditions = { Field("stage", Operator.IsNotEmpty), Field("stage_since", Operator.InWindow, LastWeek) } },
        };
        yield return new Filter { Consent = new ConsentClause { Channel = Channel.Sms, State = State.Subscribed } };
        yield return new Filter { Consent = new ConsentClause { Channel = Channel.Sms, State = State.Suppressed } };
        yield return new Filter { Segment = new SegmentClause { SegmentId = Segment } };
    }

    private static FieldClause Field(string name, Operator comparison, TimeWindow? window = null) =>
        new() { Field = new FieldRef { Attribute = name }, Operator = comparison, Window = window };

    private static FieldClause Field(int id, Operator comparison, TimeWindow? window) =>
        new() { Field = new FieldRef { FieldId = id }, Operator = comparison, Window = window };
}
